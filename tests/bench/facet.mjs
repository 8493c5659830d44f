/** What the peer harness imports: the project's TypeScript, transpiled as it is loaded. */
import { register } from 'tsx/esm/api'

const unregister = register()
const { peer } = await import('./peer.ts')
await unregister()
export default peer
