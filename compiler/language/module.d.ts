/**
 * A module is a function with variables. The same module object called twice shares its variables (siamese
 * branches). A variable's name is the path of the modules that hold it (`encoder.layer1.0.conv1.weight`): it is
 * looked up when a program is compiled, so a module may be built first and mounted later.
 */
import { type VariableKind } from '../graph/graph.js';
import { type Tensor } from '../graph/node.js';
import type { TwinOf } from '../types/layer.js';
import type { DType } from '../types/tensor.js';
/** Builds the initial value of a variable; runs while `init` is traced, so it may draw random numbers. */
export type Initial = (shape: number[]) => Tensor;
/** The value that all elements start with, or what builds it. */
type Start = Initial | number;
/** A value that stays on the device from run to run: a parameter that is trained, or a state that `update` changes. */
export interface Variable<out T extends Tensor = Tensor> {
    /** The leaf node: the variable's value at the start of a run. */
    readonly tensor: T;
    /** `'parameter'`: gradients flow to it and optimizers move it. `'state'`: only `update` changes it. */
    readonly kind: VariableKind;
    /** Builds the value that it starts with, from its shape. */
    readonly initial: Initial;
    /** The path of the modules that hold it, and its own name: `encoder.stage0.conv.weight`. */
    readonly name: string;
}
interface Definition {
    readonly build: (builder: Builder) => (...args: any[]) => any;
    readonly own: Variable[];
    readonly children: Module[];
    parent?: Module;
    name: string;
}
declare const definition: unique symbol;
/** A function with variables, as `module` makes it. Called twice it uses the same variables twice. */
export interface Module {
    readonly [definition]: Definition;
}
/** What the body of `module` may declare. Names must be unique within the module. */
export interface Builder {
    /** A trained variable: gradients flow to it. All elements start as `initial` where that is a number. */
    param<const S extends number[]>(name: string, shape: S, initial: Start): Tensor<S, 'f32', 'flows'>;
    /** A variable that only `update` changes: statistics, queues, counters. `dtype` is f32 by default. */
    state<const S extends number[], D extends DType = 'f32'>(name: string, shape: S, initial: Start, dtype?: D): Tensor<S, D, 'stopped'>;
    /**
     * Makes `child` part of this module under `name`, those of a list under `name.0`, `name.1` and so on. Functions that are no modules
     * pass through. A record of parts is mounted under its keys: `const { encoder, head } = use({ encoder: ..., head: ... })`.
     */
    use<M>(name: string, child: M): M;
    use<P extends Parts>(parts: P): P;
}
/** Whether a variable's module was made while an entry was traced. */
export declare const isPassing: (leaf: Tensor) => boolean;
/** The variable whose leaf node this is. */
export declare function variableOf(leaf: Tensor): Variable;
/** A variable outside of any module: the seed, the step, an optimizer's slot. `name` may be given as a function of other names. */
export declare const variable: <const S extends number[], K extends VariableKind, D extends DType = 'f32'>(name: () => string, kind: K, shape: S, initial: Initial, dtype?: D) => Variable<Tensor<S, D, K extends 'state' ? 'stopped' : 'flows'>>;
/** Whether a value was made by `module`, or by a layer, which is one. */
export declare const isModule: (x: unknown) => x is Module;
/**
 * A function with variables. `build` runs once and returns the function. Parts that it is made of may be given before, by the
 * names that they have in it: `build` is given them as `use` mounts them, and then what else a body may declare.
 *
 * ```ts
 * const scale = (size: number) => module(({ param }) => {
 *   const weight = param('weight', [size], ones)
 *   return (x: f32<['batch', number]>) => mul(x, weight)
 * })
 * const residual = (body: Layer) => module({ body }, ({ body }) => (x: f32<['batch', number]>) => add(x, body(x)))
 * ```
 */
export declare function module<F extends (...args: any[]) => any>(build: (builder: Builder) => F): F & Module;
export declare function module<P extends Parts, F extends (...args: any[]) => any>(parts: P, build: (parts: P, builder: Builder) => F): F & Module;
/** Parts of a module by name: modules, lists of such, and functions that are none. */
type Parts = Readonly<Record<string, unknown>>;
/** Every variable of a module, its own first, then its children's; each once. */
export declare function variablesOf(module: Module): Variable[];
/** The trained variables of a module. */
export declare const parametersOf: (module: Module) => Variable[];
/**
 * A second copy of a module whose variables are all states that start equal to the original's: a momentum encoder or
 * teacher. `pairs(twin(m), m)` lists the matching variables.
 */
export declare const twin: <M extends Module>(module: M) => TwinOf<M>;
/** `[copy, original]` of every variable of a twin. */
export declare function pairs(copy: Module, original: Module): [Variable, Variable][];
/** The value a variable starts with; the same node for every variable that copies it. Works while `init` is traced. */
export declare function initialValue(variable: Variable): Tensor;
/**
 * From here on, `variable` has this value; it is written at the end of the run. Nothing happens under `holding`. Throws `ShapeError` for
 * a value of another type, and for a second one in an entry that is not made of the first, `latest(variable)`.
 */
export declare function update(variable: Tensor, value: Tensor): void;
/** Runs `body`; the updates made in it happen only where `condition` holds. */
export declare function updateWhere(condition: Tensor<[], 'bool'>, body: () => void): void;
/** The value of a variable after the updates made so far (its value at the start of the run if there were none). */
export declare const latest: <T extends Tensor>(variable: T) => T;
export {};
