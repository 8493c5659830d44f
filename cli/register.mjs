// `node --import facet/register app.ts`: Node reads TypeScript, the user's and that of this package.
import { register } from 'tsx/esm/api'

register()
