import { expect, it } from 'vitest'
import { yaml } from './yaml.ts'

it('what YAML 1.1 takes for a truth value or for nothing is quoted, as a name and as a text', () => {
  expect(yaml({ Null: { key: 'false' }, on: [true, 'yes', 'any'] })).toBe("'Null':\n  key: 'false'\n'on':\n  - true\n  - 'yes'\n  - any\n")
})
