/** Every method that recipes, commands and studies know by name, in the order in which they are shown. */
import { listings as densecl } from './densecl.js'
import { listings as ibot } from './ibot.js'
import { listings as ijepa } from './ijepa.js'
import { listings as mae } from './mae.js'
import { listings as moco } from './moco.js'
import { listings as momentum } from './momentum.js'
import { listings as msn } from './msn.js'
import { listings as nnclr } from './nnclr.js'
import { listings as prototypes } from './prototypes.js'
import { listings as redundancy } from './redundancy.js'
import { listings as siglip } from './siglip.js'
import { listings as simclr } from './simclr.js'
import { listings as simsiam } from './simsiam.js'
import { listings as supervised } from './supervised.js'
import { listings as tico } from './tico.js'

export const methods = {
  ...simclr,
  ...siglip,
  ...moco,
  ...densecl,
  ...momentum,
  ...simsiam,
  ...nnclr,
  ...redundancy,
  ...tico,
  ...prototypes,
  ...msn,
  ...ibot,
  ...mae,
  ...ijepa,
  ...supervised,
}
