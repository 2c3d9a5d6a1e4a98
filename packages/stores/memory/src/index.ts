export { memoryStores, type MemoryStoresOptions } from './memory-stores.ts'
export { memoryKeyspace, type MemoryKeyspace, type MemoryLimits } from './keyspace.ts'
