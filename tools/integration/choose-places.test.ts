import { expect, it } from 'vitest'
import { choosePlaces, pinnedImage, type Docker, type Place } from './choose-places.ts'

/** Docker with these images, and these in its registry. */
function docker({ here = [], pullable = [] }: { readonly here?: readonly string[]; readonly pullable?: readonly string[] }): Docker {
  return ([command, , image]) => command === 'info' || (command === 'image' ? here : pullable).includes(image!)
}
const absent: Docker = () => false
const [redis, dynamodb, datastore] = [pinnedImage('redis'), pinnedImage('dynamodb'), pinnedImage('datastore')]
const why = (place: Place): string => ('why' in place ? place.why : 'a container')

it('runs in containers what is here or can be pulled, and says why the rest does not', () => {
  const places = choosePlaces('auto', docker({ here: [redis], pullable: [dynamodb] }))
  expect(places).toMatchObject({ redis: { image: redis }, dynamodb: { image: dynamodb } })
  expect(why(places.datastore)).toBe(`${datastore} is not here and cannot be pulled`)
})

it('runs processes where no Docker answers, and asks for none when told so', () => {
  expect(Object.values(choosePlaces('auto', absent)).map(why)).toEqual(Array(3).fill('no Docker answers'))
  const untouched: Docker = () => {
    throw new Error('asked')
  }
  expect(Object.values(choosePlaces('processes', untouched)).map(why)).toEqual(Array(3).fill('as SALLYPORT_ENGINES says'))
})

it('ends when containers are demanded and one cannot be had', () => {
  expect(() => choosePlaces('containers', docker({ here: [redis, datastore] }))).toThrow(dynamodb)
  expect(() => choosePlaces('containers', absent)).toThrow('no Docker answers')
  expect(() => choosePlaces('container', absent)).toThrow('not container')
})

it('finds an image with a tag in every Dockerfile', () => {
  for (const image of [redis, dynamodb, datastore]) expect(image).toMatch(/^[\w./-]+:[\w.-]+$/)
})
