import type { Schedule } from '../schedules.js';
import { type Optimizer, type Told, type Where } from './optimizer.js';
/**
 * Stochastic gradient descent with momentum, as PyTorch defines it: `g += wd p; buf = m buf + g; p -= lr buf`
 * (`nesterov`: `p -= lr (g + m buf)`). The learning rate stays outside of the buffer. With `dampening` d the buffer takes
 * `(1 - d) g`, except at the first step. Defaults: momentum 0.9, no dampening, no weight decay. Source: Sutskever et al., ICML 2013.
 */
export declare function sgd(told: Told<{
    learningRate: number | Schedule;
    momentum?: number;
    dampening?: number;
    weightDecay?: number;
    nesterov?: boolean;
    exclude?: Where;
}>): Optimizer;
