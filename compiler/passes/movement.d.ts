import { type Rule } from './rewrite.js';
export declare const movementRules: readonly Rule[];
