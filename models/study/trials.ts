/**
 * The trials of a study: every combination that the library accepts, and a baseline without feature augmentation for each
 * method, image augmentation and seed, so that every difference can be taken between runs that share all the rest.
 */
import { createHash } from 'node:crypto'
import { ShapeError } from '../../compiler/graph/shape.js'
import { BadInput } from '../../runtime/errors.js'
import { type Flow, flowName } from '../augment/flow.js'
import { parseAugmentations } from '../augment/parse.js'
import { recipesOfViews } from '../augment/recipes.js'
import { checkAugmentations } from '../build.js'
import { syntheticViews } from '../data/synthetic.js'
import { checkSteps } from '../recipes/settings.js'
import { changed, methodNames, type Recipe, recipe as recipeNamed, small } from '../recipes.js'
import type { Configuration, Hypothesis, Study, StudyMethod, StudyViews, Trial } from './study.js'

/** A combination that the library refuses, with its reason; image augmentations and seeds do not matter to it. */
export interface LeftOut {
  readonly method: string
  readonly augmentation: string
  readonly flow: string
  readonly reason: string
}
export interface Expansion {
  /** In the order to run: seed by seed, baselines first, so that a study stopped halfway can be compared too. */
  readonly trials: readonly Trial[]
  readonly leftOut: readonly LeftOut[]
}

/** Throws `BadInput` for mistakes: an axis without values, names that are not known, the same trial twice. */
export function expand(study: Study): Expansion {
  checkAxes(study)
  const leftOut: LeftOut[] = []
  const combinations = study.methods.flatMap(given => {
    const { name: method, recipe } = methodIn(study, given)
    const none = { method, recipe, augmentation: 'none', flow: 'none', augment: 'none' }
    const augmented = study.augmentations.flatMap(text =>
      flowsOf(text, study.flows).flatMap(({ flow, augment }) => {
        const reason = refusal(recipe, augment)
        if (reason === undefined) return [{ method, recipe, augmentation: text, flow, augment }]
        leftOut.push({ method, augmentation: text, flow, reason })
        return []
      }),
    )
    return [none, ...augmented]
  })
  const baselinesFirst = [...combinations].sort(
    (a, b) => Number(a.augmentation !== 'none') - Number(b.augmentation !== 'none'),
  )
  const trials = study.seeds.flatMap(seed =>
    baselinesFirst.flatMap(({ recipe, augment, ...names }) =>
      study.imageAugmentations.flatMap((given): Trial[] => {
        const { name: imageAugmentation, views } = viewsIn(given)
        const named = { ...names, imageAugmentation, seed }
        if (study.where && !study.where(named)) return []
        const configuration = configurationOf(study, { ...recipe, views }, augment, seed)
        return [{ id: idOf(configuration), ...named, configuration }]
      }),
    ),
  )
  if (trials.length === 0) throw new BadInput('where() of the study keeps no trial: let it return true for some.')
  const seen = new Set<string>()
  for (const { id, method, augmentation, flow, imageAugmentation } of trials) {
    if (seen.has(id))
      throw new BadInput(
        `two trials of the study are the same: ${[method, augmentation, flow, imageAugmentation].join(', ')}; leave out what is listed twice.`,
      )
    seen.add(id)
  }
  checkDecided(study, trials)
  return { trials, leftOut }
}

/** What a hypothesis compares: of every setting, the axes that it fixes. */
function comparedBy({
  method,
  augmentation,
  against = 'none',
  imageAugmentation,
}: Hypothesis): (readonly (readonly [keyof Trial, string])[])[] {
  const levels = imageAugmentation === undefined ? [undefined] : [imageAugmentation].flat()
  return levels.flatMap(level =>
    [augmentation, against, 'none'].map(needed =>
      (
        [
          ['method', method],
          ['augmentation', needed],
          ['imageAugmentation', level],
        ] as const
      ).flatMap(([axis, value]) => (value === undefined ? [] : [[axis, value] as const])),
    ),
  )
}
const has = (trial: Trial, given: readonly (readonly [keyof Trial, string])[]): boolean =>
  given.every(([axis, value]) => trial[axis] === value)

/** The trials that decide these hypotheses, in the order of the study. */
export function decisive(hypotheses: readonly Hypothesis[], trials: readonly Trial[]): Trial[] {
  const compared = hypotheses.flatMap(comparedBy)
  return trials.filter(trial => compared.some(given => has(trial, given)))
}

/** A hypothesis about trials that the study does not have would never be decided. */
function checkDecided({ hypotheses = [] }: Study, trials: readonly Trial[]): void {
  for (const hypothesis of hypotheses)
    for (const given of comparedBy(hypothesis))
      if (!trials.some(trial => has(trial, given)))
        throw new BadInput(
          `the hypothesis "${hypothesis.name}" compares trials of ${given.map(([, value]) => value).join(', ')}, and the study has none: they were refused, or left out by where().`,
        )
}

/** A digest of a configuration, whatever the order of its keys: the same in every version that reads it the same. */
export const idOf = (configuration: Configuration): string =>
  createHash('sha256').update(sorted(configuration)).digest('hex').slice(0, 12)

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

function configurationOf(
  { data, transferTo, budget, evaluate }: Study,
  { source: _, ...recipe }: Recipe,
  augment: string,
  seed: number,
): Configuration {
  const { steps, milestones, images, testImages, size } = budget
  return {
    data: nameOf(data),
    ...(transferTo && { transferTo: nameOf(transferTo) }),
    recipe,
    augment,
    steps,
    ...(milestones && { milestones }),
    ...(images !== undefined && { images }),
    ...(testImages !== undefined && { testImages }),
    ...(size !== undefined && { size }),
    seed,
    evaluate,
  }
}

/** What stands for data in ids and reports. */
export const nameOf = (data: Study['data']): string => (typeof data === 'string' ? data : data.name)

function checkAxes(study: Study): void {
  for (const axis of ['methods', 'imageAugmentations', 'seeds', 'evaluate'] as const)
    if (!(study[axis]?.length > 0)) throw new BadInput(`the study has no ${axis}: list one or more.`)
  if (study.data === undefined) throw new BadInput(`the study has no data: give a folder, or 'synthetic'.`)
  if (study.budget === undefined) throw new BadInput('the study has no budget: give one, such as { steps: 500 }.')
  if (study.augmentations === undefined)
    throw new BadInput('the study has no augmentations: list some, or none at all by [].')
  if (study.augmentations.length > 0 && !(study.flows?.length > 0))
    throw new BadInput('the study has augmentations and no flows: list one or more, such as full.')
  const seed = study.seeds.find(seed => !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
  if (seed !== undefined) throw new BadInput(`a seed of the study is ${seed}: give whole numbers from 0 on.`)
  const { steps, milestones = [] } = study.budget
  if (!(Number.isInteger(steps) && steps > 0))
    throw new BadInput(`the study's budget has ${steps} steps: give a whole number from 1 on.`)
  if (!milestones.every((at, i) => Number.isInteger(at) && at > (milestones[i - 1] ?? 0) && at < steps))
    throw new BadInput(
      `the milestones of the study's budget are ${milestones.join(', ')}: give whole numbers of steps in rising order, from 1 to ${steps - 1}.`,
    )
  checkHypotheses(study)
}

function checkHypotheses({ hypotheses = [], methods, augmentations, imageAugmentations }: Study): void {
  const named = (what: string, name: string | undefined, known: readonly string[], hypothesis: string): void => {
    if (name !== undefined && !known.includes(name))
      throw new BadInput(`the hypothesis "${hypothesis}" is about ${what} ${name}: the study has ${known.join(', ')}.`)
  }
  const views = imageAugmentations.map(given => viewsIn(given).name)
  for (const { name, method, augmentation, against, imageAugmentation, expected } of hypotheses) {
    named('method', method, methods.map(nameOfMethod), name)
    for (const text of [augmentation, against ?? augmentation]) named('augmentation', text, augmentations, name)
    for (const level of [imageAugmentation ?? []].flat()) named('image augmentation', level, views, name)
    if (!(Number.isFinite(expected) && expected !== 0))
      throw new BadInput(`the hypothesis "${name}" expects ${expected} points: give the difference it is to see.`)
  }
}
const nameOfMethod = (given: StudyMethod): string => (typeof given === 'object' ? given.name : given)

/** The recipe of a method within the budget. */
function methodIn(
  { imageAugmentations, budget: { batch, width, set, steps } }: Study,
  given: StudyMethod,
): { name: string; recipe: Recipe } {
  const sound = imageAugmentations.includes('speech')
  const chosen =
    typeof given === 'object'
      ? given.recipe
      : methodNames.some(name => name === given)
        ? small(given as Recipe['method'], { ...(width && { width }), encoder: sound ? 'convnet1d' : 'convnet' })
        : recipeNamed(given)
  const recipe = changed(chosen, { ...(width && { width }), ...(batch && { batch }), ...set })
  checkSteps(recipe, steps)
  return { name: nameOfMethod(given), recipe }
}

function viewsIn(given: StudyViews): { name: string; views: Recipe['views'] } {
  if (typeof given === 'object') return given
  if (given === 'synthetic') return { name: given, views: syntheticViews }
  if (given !== 'speech') recipesOfViews(given) // throws for a name that is not known
  return { name: given, views: given }
}

/** Each flow with what the augmentation then reads: every part that does not say its own flow gets it. */
function flowsOf(text: string, flows: readonly Flow[]): { flow: string; augment: string }[] {
  const parts = text.split('+').map(part => part.trim())
  const said = parts.map(part => /[:,]\s*flow\s*=\s*([^,]+)/.exec(part)?.[1])
  if (said.every(flow => flow !== undefined)) return [{ flow: [...new Set(said)].join(' + '), augment: text }]
  return flows.map(flowName).map(flow => ({
    flow,
    augment: parts
      .map((part, i) => (said[i] === undefined ? `${part}${part.includes(':') ? ',' : ':'}flow=${flow}` : part))
      .join('+'),
  }))
}

/** Why the library refuses an augmentation of a recipe; nothing if it does not. Throws `BadInput` where it is misspelt. */
function refusal(recipe: Recipe, text: string): string | undefined {
  try {
    checkAugmentations(recipe, parseAugmentations(text))
    return undefined
  } catch (error) {
    if (error instanceof ShapeError) return error.message
    throw error
  }
}
