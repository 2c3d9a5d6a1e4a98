import { describeDomain } from './describe-domain.ts'
import { memoryDomain } from '../../testing/memory-domain.ts'

describeDomain('memory', memoryDomain)
