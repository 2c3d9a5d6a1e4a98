import { describeStoreFaults } from '@sallyport/conformance'
import { redisClusterFaults, redisFaults } from '../testing/fault-harness.ts'
import { withRedis } from '../testing/harness.ts'

withRedis('the fault kit on Redis', () => {
  describeStoreFaults('redis', redisFaults())
  describeStoreFaults('redis cluster', redisClusterFaults())
})
