import type { TableDefinition } from '@sallyport/store-dynamodb'
import type { DescriptionFormat } from './config.ts'

/** The table that `create` makes, for whoever makes theirs by CloudFormation (YAML, or `json`) or Terraform. A stack that is deleted leaves the table. */
export function describeTable(definition: TableDefinition, as: DescriptionFormat): string {
  if (as === 'terraform') return terraform(definition)
  const template = cloudformation(definition)
  return as === 'json' ? `${JSON.stringify(template, null, 2)}\n` : `${yaml(template, '')}\n`
}

type Tree = string | number | boolean | readonly Tree[] | { readonly [name: string]: Tree }

function cloudformation({ table, ttlAttribute, pointInTimeRecovery }: TableDefinition): Tree {
  const Properties = {
    ...table,
    TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: pointInTimeRecovery },
  }
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The DynamoDB table of Sallyport',
    Resources: {
      SallyportTable: {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        // Interfaces have no index signature, and this is data through and through.
        Properties: Properties as unknown as Tree,
      },
    },
    Outputs: { TableName: { Value: { Ref: 'SallyportTable' } }, TableArn: { Value: { 'Fn::GetAtt': ['SallyportTable', 'Arn'] } } },
  }
}

/** Block style; every text is quoted, as JSON does it, which YAML reads alike. */
function yaml(tree: Tree, indent: string): string {
  const below = `${indent}  `
  const entry = (value: Tree): string => (typeof value === 'object' ? `\n${yaml(value, below)}` : ` ${JSON.stringify(value)}`)
  if (Array.isArray(tree)) {
    return tree.map((item: Tree) => `${indent}-${typeof item === 'object' ? ` ${yaml(item, below).trimStart()}` : entry(item)}`).join('\n')
  }
  return Object.entries(tree)
    .map(([name, value]) => `${indent}${/^\w+$/.test(name) ? name : JSON.stringify(name)}:${entry(value as Tree)}`)
    .join('\n')
}

function terraform({ table, ttlAttribute, pointInTimeRecovery }: TableDefinition): string {
  const keys = (schema: readonly { readonly AttributeName: string; readonly KeyType: string }[]): Argument[] =>
    schema.map(({ AttributeName, KeyType }) => [KeyType === 'HASH' ? 'hash_key' : 'range_key', AttributeName])
  const capacity = (throughput: TableDefinition['table']['ProvisionedThroughput']): Argument[] =>
    throughput === undefined
      ? []
      : [
          ['read_capacity', throughput.ReadCapacityUnits],
          ['write_capacity', throughput.WriteCapacityUnits],
        ]
  const [index] = table.GlobalSecondaryIndexes
  return `${block('resource "aws_dynamodb_table" "sallyport"', '', [
    ['name', table.TableName],
    ['billing_mode', table.BillingMode],
    ...keys(table.KeySchema),
    ...capacity(table.ProvisionedThroughput),
    ['deletion_protection_enabled', table.DeletionProtectionEnabled],
    ...table.AttributeDefinitions.map(({ AttributeName, AttributeType }): Argument => [
      'attribute',
      [
        ['name', AttributeName],
        ['type', AttributeType],
      ],
    ]),
    [
      'global_secondary_index',
      [
        ['name', index.IndexName],
        ...keys(index.KeySchema),
        ['projection_type', index.Projection.ProjectionType],
        ...capacity(index.ProvisionedThroughput),
      ],
    ],
    [
      'ttl',
      [
        ['attribute_name', ttlAttribute],
        ['enabled', true],
      ],
    ],
    ['point_in_time_recovery', [['enabled', pointInTimeRecovery]]],
    ['lifecycle', [['prevent_destroy', true]]],
  ])}\n`
}

/** An argument, or a block where the value is a list of them. */
type Argument = readonly [name: string, value: string | number | boolean | readonly Argument[]]

function block(head: string, indent: string, body: readonly Argument[]): string {
  const below = `${indent}  `
  const lines = body.map(([name, value], index) => {
    if (typeof value === 'object') return block(name, below, value)
    return `${below}${name.padEnd(widthAt(body, index))} = ${hcl(value)}`
  })
  return `${indent}${head} {\n${lines.join('\n')}\n${indent}}`
}

/** Arguments in successive lines have their signs below one another, as `terraform fmt` has it. */
function widthAt(body: readonly Argument[], index: number): number {
  const isBlock = (at: number): boolean => typeof body[at]?.[1] === 'object'
  let [first, last] = [index, index]
  while (first > 0 && !isBlock(first - 1)) first -= 1
  while (last < body.length - 1 && !isBlock(last + 1)) last += 1
  return Math.max(...body.slice(first, last + 1).map(([name]) => name.length))
}

/** In HCL two characters more than in JSON begin something within a text. */
function hcl(value: string | number | boolean): string {
  return JSON.stringify(value).replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`)
}
