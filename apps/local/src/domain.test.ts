import { describeDomain } from '@sallyport/conformance'
import { sqliteDomain } from '../testing/sqlite-domain.ts'

describeDomain('sqlite', sqliteDomain)
