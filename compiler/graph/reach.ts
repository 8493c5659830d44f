/** Walks over what points to others (nodes, expressions, kernels), as deep as they like: without recursion. */

/** Everything that `roots` reach, what an item points to before the item itself. Adds to `done`, past which it does not go. */
export function postOrder<T>(roots: Iterable<T>, next: (item: T) => Iterable<T>, done = new Set<T>()): Set<T> {
  const stack: { readonly item: T; readonly rest: Iterator<T> }[] = []
  const open = (item: T): void => {
    if (!done.has(item)) stack.push({ item, rest: next(item)[Symbol.iterator]() })
  }
  for (const root of roots) {
    open(root)
    while (stack.length) {
      const { item, rest } = stack.at(-1)!
      const step = rest.next()
      if (!step.done) open(step.value)
      else {
        done.add(item)
        stack.pop()
      }
    }
  }
  return done
}

/** Everything that `roots` reach, an item before what it points to. Adds to `seen`, past which it does not go. */
export function preOrder<T>(roots: Iterable<T>, next: (item: T) => readonly T[], seen = new Set<T>()): Set<T> {
  const stack = [...roots].reverse()
  while (stack.length) {
    const item = stack.pop()!
    if (seen.has(item)) continue
    seen.add(item)
    const after = next(item)
    for (let i = after.length; i-- > 0; ) stack.push(after[i]!)
  }
  return seen
}

/**
 * A function that is computed from its own results for what an item points to, remembered in `known`. Items that point deeper
 * than the stack should go are preceded by what they point to, so that recursion ends there.
 */
export function remembered<T, R>(
  next: (item: T) => Iterable<T>,
  compute: (item: T, again: (item: T) => R) => R,
  known = new Map<T, R>(),
): (item: T) => R {
  let depth = 0
  const visit = (item: T): R => {
    const before = known.get(item)
    if (before !== undefined) return before
    if (depth === DEEP)
      for (const part of postOrder([item], part => (known.has(part) ? [] : next(part))))
        if (part !== item && !known.has(part)) known.set(part, compute(part, visit))
    depth++
    const made = compute(item, visit)
    depth--
    known.set(item, made)
    return made
  }
  return visit
}
/** Calls of one function within each other, which may be several on the stack each. */
export const DEEP = 128

/** What must come before what: a graph that grows, asked again and again whether a further edge would close a circle. */
export class Precedence<T> {
  readonly #before = new Map<T, Set<T>>()
  readonly #after = new Map<T, Set<T>>()
  /** Above those of all that comes before: what is no higher than an item need not be looked at to find it. */
  readonly #level = new Map<T, number>()
  /** Chains, by their first item: each comes before the next, so that the way along one is not walked. */
  readonly #chain = new Map<T, { readonly first: T; readonly position: number }>()
  readonly #last = new Map<T, T>()

  add(item: T): void {
    this.#chain.set(item, { first: item, position: 0 })
    this.#last.set(item, item)
    this.#before.set(item, new Set())
    this.#after.set(item, new Set())
    this.#level.set(item, 0)
  }

  /** What was said to come before `item`. */
  before(item: T): ReadonlySet<T> {
    return this.#before.get(item)!
  }

  /** `first` comes before `item`. */
  require(item: T, first: T): void {
    this.#before.get(item)!.add(first)
    this.#after.get(first)!.add(item)
    const chain = this.#chain.get(first)!
    if (this.#last.get(chain.first) === first && this.#last.get(item) === item) {
      this.#last.delete(item)
      this.#last.set(chain.first, item)
      this.#chain.set(item, { first: chain.first, position: chain.position + 1 })
    }
    const raised = [[item, first] as const]
    while (raised.length) {
      const [high, low] = raised.pop()!
      if (this.#level.get(high)! > this.#level.get(low)!) continue
      this.#level.set(high, this.#level.get(low)! + 1)
      for (const next of this.#after.get(high)!) raised.push([next, high])
    }
  }

  /** Whether `to` is `from`, or comes before it, directly or not: a walk from both ends, which is over where one of them is. */
  reaches(from: T, to: T): boolean {
    const [high, low] = [this.#level.get(from)!, this.#level.get(to)!]
    const [back, forth] = [[from], [to]]
    const [behind, ahead] = [new Set<T>(), new Set<T>()]
    while (back.length && forth.length) {
      const late = back.pop()!
      if (ahead.has(late) || this.#follows(late, to)) return true
      if (!behind.has(late) && this.#level.get(late)! > low) back.push(...this.#before.get(late)!)
      behind.add(late)
      const early = forth.pop()!
      if (behind.has(early) || this.#follows(from, early)) return true
      if (!ahead.has(early) && this.#level.get(early)! < high) forth.push(...this.#after.get(early)!)
      ahead.add(early)
    }
    return false
  }

  /** Whether one is the other, or after it in its chain. */
  #follows(item: T, earlier: T): boolean {
    const [one, other] = [this.#chain.get(item)!, this.#chain.get(earlier)!]
    return one.first === other.first && one.position >= other.position
  }

  /** The items, each after all that must come before it, otherwise as given. */
  sorted(items: Iterable<T>): T[] {
    return [...postOrder(items, item => this.#before.get(item)!)]
  }
}
