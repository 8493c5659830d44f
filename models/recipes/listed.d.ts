/** What recipes, commands and reports know of a method. It stands beside the method; `methods/index.ts` has all by name. */
import type { Encoder, Grid } from '../encoders/encoder.js';
import type { TokenPredictor } from '../encoders/predictor.js';
import type { Method } from '../methods/method.js';
import type { Schedule } from '../schedules.js';
import type { Run } from './recipe.js';
/** Whether a method has a predictor: it needs one, takes one, or neither. */
export type Predicting = 'needed' | 'optional' | 'none';
/** The parts of a run, made from its recipe: what `build` chooses from. */
export interface Ready {
    readonly recipe: Run;
    readonly encoder: Encoder<any, number, string, any>;
    /**
     * `encoder`, `projector`, `predictor` if there is one, `augment`, `momentum` of a target network, and the settings of the
     * recipe that methods have by the same name: `temperature`, `queue`, `symmetric`, ...
     */
    readonly parts: any;
    /**
     * A transformer that tells places of an image from others, of the recipe's size (`teller`), with so many numbers for each. Throws
     * `ShapeError` for an encoder without patches.
     */
    told(name: string, out: (grid: Grid) => number): TokenPredictor;
    /** Classes of the data. */
    readonly classes: number;
    /** Steps of an epoch. */
    readonly perEpoch: number;
    /** A projector of the recipe's size, beside that of `parts`. */
    headOf(): any;
    /** `{ prototypes }` on the projections. Throws `BadInput` where the recipe has none. */
    scored(): {
        readonly prototypes: any;
    };
    /** The temperature of a teacher, after its rise if there is one. */
    teacherTemperature(): number | Schedule | undefined;
}
/** What recipes, commands and reports know of a method. */
export interface Listed<P extends Predicting = Predicting> {
    /** As reports call it. */
    readonly label: string;
    readonly predictor: P;
    /** It has no projector. Default false. */
    readonly headless?: boolean;
    /** Settings of a recipe that are of this method, and not of all. */
    readonly takes?: readonly (keyof Run)[];
    readonly build: (ready: Ready) => Method<any, any, any>;
    /** The published run on CIFAR-10, with its source and what deviates from it. */
    readonly published: Run;
    /** What a run of some hundred steps needs beside what all have; `features`: those of its encoder. */
    readonly small?: Partial<Run> | ((features: number) => Partial<Run>);
}
/** Keeps of an entry what types read. */
export declare const listed: <P extends Predicting>(entry: Listed<P>) => Listed<P>;
/** Without what is not given, so that defaults stand. */
export declare const defined: (values: Record<string, unknown>) => Record<string, unknown>;
