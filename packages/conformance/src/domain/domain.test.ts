import { describeDomain } from './describe-domain.ts'
import { memoryDomain } from './memory-domain.ts'

describeDomain('memory', memoryDomain)
