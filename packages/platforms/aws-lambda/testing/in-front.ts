import { guardCases } from '@sallyport/conformance'

const publicRoute = ['GC3', 'GH22']
const cookieRows = 'GK1 GK2 GK3 GK4 GK5 GK6 GK7 GK8 GK9 GK10 GK13 GK14 GK15 GK16 GK17 GK18 GK19 GK22 GK23 GK24 GK25'.split(' ')
/** An empty header is none to a gateway. */
const emptyHeader = 'GK21'

/** Rows of the guard kit that a gateway of AWS answers without asking its authorizer. */
export const IN_FRONT: Readonly<Record<'publicRoute' | 'withoutHeader' | 'withoutCookie' | 'noRoute', readonly string[]>> = {
  /** It stands in front of the others only. */
  publicRoute,
  /** Its identity source is `Authorization`: it refuses whoever shows none. */
  withoutHeader: [...publicRoute, 'GC2', 'GR14', 'GH19', 'GH20', 'GH21', ...cookieRows, emptyHeader],
  /** Its identity source is `Cookie`: only the rows about cookies arrive. */
  withoutCookie: guardCases.map(({ id }) => id).filter((id) => !id.startsWith('GK')),
  /** There is one authorizer for each route or field, and none for what is none. */
  noRoute: ['GP1', 'GP2', 'GP3', 'GP4', 'GP5', 'GP6'],
}
