/**
 * What a trial of these studies may spend, and how often it is repeated. `FACET_STUDY_BUDGET` chooses: `cpu` (default) for
 * two cores with a software driver, `gpu` for a card. All trials of a study have one budget, so that they can be compared;
 * trials of two budgets have different ids.
 */
import type { Study } from 'facet-tensor/models'
import { BadInput } from 'facet-tensor/runtime'

const budgets = {
  cpu: { seeds: [1, 2], budget: { steps: 100, images: 2000, testImages: 2000, size: 16, batch: 64, width: 8 } },
  gpu: { seeds: [1, 2, 3], budget: { steps: 600, images: 4000, testImages: 4000, size: 32, batch: 128, width: 16 } },
} as const satisfies Record<string, Pick<Study, 'seeds' | 'budget'>>

const name = process.env.FACET_STUDY_BUDGET ?? 'cpu'
if (!Object.hasOwn(budgets, name)) throw new BadInput(`FACET_STUDY_BUDGET is ${name}: use cpu or gpu.`)
export const { seeds, budget } = budgets[name as keyof typeof budgets]
