import { memoryFaults } from '../../testing/memory-faults.ts'
import { describeStoreFaults } from './describe-store-faults.ts'

describeStoreFaults('memory behind a wire that fails', memoryFaults())
