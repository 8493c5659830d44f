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

/** What must come before what: a graph that grows, asked again and again whether a further edge would close a circle. */
export class Precedence<T> {
  readonly #before = new Map<T, Set<T>>()
  readonly #after = new Map<T, Set<T>>()
  /** Above those of all that comes before: what is no higher than an item need not be looked at to find it. */
  readonly #level = new Map<T, number>()

  add(item: T): void {
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
    const raised = [[item, first] as const]
    while (raised.length) {
      const [high, low] = raised.pop()!
      if (this.#level.get(high)! > this.#level.get(low)!) continue
      this.#level.set(high, this.#level.get(low)! + 1)
      for (const next of this.#after.get(high)!) raised.push([next, high])
    }
  }

  /** Whether `to` is `from`, or comes before it, directly or not. */
  reaches(from: T, to: T): boolean {
    const floor = this.#level.get(to)!
    const above = (item: T) => this.#level.get(item)! > floor
    const seen = new Set<T>()
    const stack = [from]
    while (stack.length) {
      const item = stack.pop()!
      if (item === to) return true
      if (seen.has(item) || !above(item)) continue
      seen.add(item)
      stack.push(...this.#before.get(item)!)
    }
    return false
  }

  /** The items, each after all that must come before it, otherwise as given. */
  sorted(items: Iterable<T>): T[] {
    return [...postOrder(items, item => this.#before.get(item)!)]
  }
}
