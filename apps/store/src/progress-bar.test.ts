import { expect, it } from 'vitest'
import { progressBar } from './progress-bar.ts'

function terminal(isTTY: boolean): { readonly isTTY: boolean; readonly write: (text: string) => void; readonly written: string[] } {
  const written: string[] = []
  return { isTTY, write: (text) => void written.push(text), written }
}

it('draws how far it is for people, not too often, and goes away', () => {
  const screen = terminal(true)
  const bar = progressBar(screen, 200)
  bar.show(50, '12 users')
  bar.show(51, 'too soon')
  bar.clear()
  bar.show(200, 'all')
  expect(screen.written).toEqual([
    `\r\u001B[K[${'#'.repeat(8)}${' '.repeat(22)}] 25 % 12 users`,
    '\r\u001B[K',
    `\r\u001B[K[${'#'.repeat(30)}] 100 % all`,
  ])
  const counting = terminal(true)
  progressBar(counting, null).show(3, '3 users')
  expect(counting.written).toEqual(['\r\u001B[K3 users'])
})

it('draws nothing where nobody looks', () => {
  const pipe = terminal(false)
  const bar = progressBar(pipe, 10)
  bar.show(5, 'half')
  bar.clear()
  expect(pipe.written).toEqual([])
})
