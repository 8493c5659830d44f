import type { Run } from './recipe.js';
/** The encoders that recipes and the command line know by name. */
export declare const encoderNames: readonly ["convnet", "resnet18", "resnet34", "resnet50", "convnet1d", "vit", "vitTiny", "vitSmall", "convnextTiny"];
/** The name of an encoder of a recipe. */
export type EncoderName = (typeof encoderNames)[number];
/** Throws `BadInput` where a recipe has a part that its encoder has no use for. */
export declare function checkEncoder(run: Run): void;
/** A recipe whose encoder was changed, without what the one before it had and this one has not, but for what is `said` of it. */
export declare function withoutOthers<R extends Run>(run: R, said: readonly string[]): R;
