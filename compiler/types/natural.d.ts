/**
 * Arithmetic on natural-number literal types: `Mul<512, 49>` is `25088`.
 *
 * Schoolbook arithmetic on decimal strings, least significant digit first, so the cost grows with
 * the number of digits, not with the number. A single digit is computed in unary, as the length of
 * a tuple. Operands are literals; `shape.ts` decides what to do with symbols and plain `number`.
 */
export type Add<A extends number, B extends number> = ToNumber<AddDigits<ToDigits<A>, ToDigits<B>>>;
/** `never` when the difference is negative. */
export type Sub<A extends number, B extends number> = Complement<ToDigits<A>, ToDigits<B>> extends infer C extends string ? DropCarry<AddDigits<ToDigits<A>, C, [0]>, C> : never;
export type Mul<A extends number, B extends number> = A extends 1 ? B : B extends 1 ? A : ToNumber<MulDigits<ToDigits<A>, `${B}`>>;
/** `[quotient, remainder]` */
export type DivMod<A extends number, B extends number> = B extends 1 ? [A, 0] : DivDigits<`${A}`, B>;
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Ten = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
type Unary = [
    [
    ],
    [
        0
    ],
    [
        0,
        0
    ],
    [
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0,
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
    ],
    [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
    ]
];
type Reverse<S extends string, R extends string = ''> = S extends `${infer D}${infer Rest}` ? Reverse<Rest, `${D}${R}`> : R;
type Parse<S extends string> = S extends `0${infer Rest}` ? Rest extends '' ? 0 : Parse<Rest> : S extends `${infer N extends number}` ? N : never;
type ToDigits<N extends number> = Reverse<`${N}`>;
type ToNumber<S extends string> = Parse<Reverse<S>>;
type AddDigits<A extends string, B extends string, Carry extends 0[] = [], R extends string = ''> = A extends `${infer a extends Digit}${infer As}` ? B extends `${infer b extends Digit}${infer Bs}` ? [...Unary[a], ...Unary[b], ...Carry] extends infer Sum extends 0[] ? Sum extends [...Ten, ...infer Unit extends 0[]] ? AddDigits<As, Bs, [0], `${R}${Unit['length']}`> : AddDigits<As, Bs, [], `${R}${Sum['length']}`> : never : AddDigits<A, '0', Carry, R> : B extends '' ? Carry extends [] ? R : `${R}1` : AddDigits<'0', B, Carry, R>;
/** Nine's complement of B padded to the length of A: `A - B` is `A + Complement<A, B> + 1`, less the carry. */
type Complement<A extends string, B extends string, R extends string = ''> = A extends `${string}${infer As}` ? B extends `${infer b extends Digit}${infer Bs}` ? Complement<As, Bs, `${R}${[9, 8, 7, 6, 5, 4, 3, 2, 1, 0][b]}`> : Complement<As, '', `${R}9`> : B extends '' ? R : never;
type DropCarry<S extends string, Width extends string, R extends string = ''> = Width extends `${string}${infer Rest}` ? S extends `${infer D}${infer Ds}` ? DropCarry<Ds, Rest, `${R}${D}`> : never : S extends '1' ? ToNumber<R> : never;
type Times<U extends 0[]> = [
    [
    ],
    U,
    [
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U
    ],
    [
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U,
        ...U
    ]
];
type MulDigits<A extends string, B extends string, R extends string = '0'> = B extends `${infer b extends Digit}${infer Bs}` ? MulDigits<A, Bs, AddDigits<`0${R}`, MulDigit<A, Times<Unary[b]>>>> : R;
type MulDigit<A extends string, Row extends 0[][], Carry extends 0[] = [], R extends string = ''> = A extends `${infer a extends Digit}${infer As}` ? `${[...Row[a], ...Carry]['length'] & number}` extends infer P extends string ? P extends `${infer Tens extends Digit}${infer Unit extends Digit}` ? MulDigit<As, Row, Unary[Tens], `${R}${Unit}`> : MulDigit<As, Row, [], `${R}${P}`> : never : Carry extends [] ? R : `${R}${Carry['length']}`;
/** Long division, most significant digit first; a quotient digit counts the subtractions that fit. */
type DivDigits<A extends string, B extends number, Rem extends string = '', Q extends string = ''> = A extends `${infer a}${infer As}` ? Fit<Parse<`${Rem}${a}`>, B> extends [infer q extends 0[], infer r extends number] ? DivDigits<As, B, `${r}`, `${Q}${q['length']}`> : never : [Parse<Q>, Parse<Rem>];
type Fit<A extends number, B extends number, Q extends 0[] = []> = [Sub<A, B>] extends [infer R extends number] ? [R] extends [never] ? [Q, A] : Fit<R, B, [...Q, 0]> : never;
export {};
