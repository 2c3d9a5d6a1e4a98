/** Of the partitions of AWS that are not under amazonaws.com, by what stands before direction and number in the names of their regions: `cn` in `cn-north-1`. */
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['cn', 'amazonaws.com.cn'],
  ['eusc-de', 'amazonaws.eu'],
  ['us-iso', 'c2s.ic.gov'],
  ['us-isob', 'sc2s.sgov.gov'],
  ['eu-isoe', 'cloud.adc-e.uk'],
  ['us-isof', 'csp.hci.ic.gov'],
])

/** Where DynamoDB answers in a region. A region that is none has no address that could be reached. */
export function regionEndpoint(region: string): string {
  return `https://dynamodb.${region}.${SUFFIXES.get(region.replace(/-[a-z]+-\d+$/, '')) ?? 'amazonaws.com'}`
}
