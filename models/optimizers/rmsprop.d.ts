import type { Schedule } from '../schedules.js';
import { type Optimizer, type Told, type Where } from './optimizer.js';
/**
 * `g += wd p; s = a s + (1 - a) g^2; d = g / (sqrt(s) + eps); buf = m buf + d; p -= lr buf`. `centered` takes the square of
 * the mean gradient from `s` under the root. Defaults: a 0.99, eps 1e-8, no momentum, no weight decay. Source: Hinton,
 * lecture 6e of "Neural networks for machine learning", 2012; centered: Graves, arXiv 1308.0850.
 */
export declare function rmsprop(told: Told<{
    learningRate: number | Schedule;
    alpha?: number;
    epsilon?: number;
    momentum?: number;
    weightDecay?: number;
    centered?: boolean;
    exclude?: Where;
}>): Optimizer;
