import { describeStoreFaults } from '@sallyport/conformance'
import { sqliteFaults } from '../testing/fault-harness.ts'

describeStoreFaults('sqlite', sqliteFaults())
