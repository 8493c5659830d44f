/** The encoders of recipes: their names, and which of a recipe's parts are whose. */
import { BadInput } from '../../runtime/errors.js'
import type { Run } from './recipe.js'

const resnets = ['resnet18', 'resnet34', 'resnet50'] as const
const transformers = ['vit', 'vitTiny', 'vitSmall'] as const
/** The encoders that recipes and the command line know by name. */
export const encoderNames = ['convnet', ...resnets, 'convnet1d', ...transformers, 'convnextTiny'] as const
/** The name of an encoder of a recipe. */
export type EncoderName = (typeof encoderNames)[number]

/** Parts of a recipe that only some encoders have; what is nobody's is for all. */
const owners = {
  width: ['convnet', ...resnets, 'convnet1d', 'vit', 'convnextTiny'],
  stem: resnets,
  stemPadding: resnets,
  zeroInitResidual: resnets,
  splits: ['convnet', 'convnet1d', ...resnets],
  patch: [...transformers, 'convnextTiny'],
  depth: ['vit'],
  pool: transformers,
} as const satisfies Partial<Record<keyof Run, readonly EncoderName[]>>
type Part = keyof typeof owners
const parts = Object.keys(owners) as Part[]

/** Why a recipe's encoder, or its stem, has no use for a part; nothing where it has. */
function objection({ encoder, stem }: Pick<Run, 'encoder' | 'stem'>, part: Part): string | undefined {
  const those: readonly EncoderName[] = owners[part]
  if (!those.includes(encoder)) return `the encoder ${encoder} has no ${part}: it is a setting of ${those.join(', ')}`
  if (part === 'stemPadding' && stem === 'imagenet')
    return "the stem imagenet has no stemPadding: it is a setting of the stem 'cifar'"
}

/** Throws `BadInput` where a recipe has a part that its encoder has no use for. */
export function checkEncoder(run: Run): void {
  for (const part of parts) {
    const reason = run[part] === undefined ? undefined : objection(run, part)
    if (reason !== undefined) throw new BadInput(reason)
  }
}

/** A recipe whose encoder was changed, without what the one before it had and this one has not, but for what is `said` of it. */
export function withoutOthers<R extends Run>(run: R, said: readonly string[]): R {
  const left = parts.filter(part => !said.includes(part) && objection(run, part) !== undefined)
  return Object.fromEntries(Object.entries(run).filter(([name]) => !left.includes(name as Part))) as R
}
