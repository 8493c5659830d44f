/**
 * Four scalar expressions as one on vec4s. Points of a tile that lie next to each other compute the same formula, so
 * their expressions have the same form: equal parts are splat, lanes of one loaded vec4 are that vec4, arithmetic is
 * done on four at once, and whatever does not fit is put together from its scalars.
 */
import { type Expression } from '../graph/expression.js';
/**
 * Packs four scalar expressions, which must be canonical (`indexing.ts`): what is equal is one object. A single one is itself.
 */
export type Pack = (four: readonly Expression[]) => Expression;
export declare function createPack(): Pack;
