/**
 * Layers: functions with variables, named as in PyTorch. `linear` and `layerNorm` work on the last axis, `conv` on images
 * `[N, C, H, W]`, sequences `[N, C, T]` or volumes, as its kernel says, `batchNorm` on axis 1 of any of them.
 */
export * from './layers/attention.js';
export * from './layers/batchnorm.js';
export * from './layers/conv.js';
export { embed } from './layers/embed.js';
export { groupNorm } from './layers/groupnorm.js';
export { layerNorm, layerNorm2d } from './layers/layernorm.js';
export { dropout, type LinearOptions, linear } from './layers/linear.js';
export * from './layers/recurrent.js';
