/** Memories of programs. Engines give back what a memory takes when they please, so those of programs that are gone are used again. */
import type { Workers } from './workers.js'

const PAGE = 65536
export interface ProgramMemory {
  readonly number: number
  /** What other threads get; absent where there are none. */
  readonly shared?: WebAssembly.Memory
}

export class Memories {
  /** Pages of each memory, by number. */
  private readonly pages: number[] = []
  private readonly free = new Set<number>()

  constructor(private readonly workers: Workers) {}

  /** A memory of so many bytes, all zero; `undefined` where there is no more. */
  async take(bytes: number): Promise<ProgramMemory | undefined> {
    const pages = Math.ceil(bytes / PAGE)
    const number = this.best(pages)
    this.free.delete(number)
    const made = await this.workers.ask<WebAssembly.Memory | true | undefined>({
      kind: 'memory',
      memory: number,
      pages,
    })
    if (made) this.pages[number] = Math.max(pages, this.pages[number] ?? 0)
    else if (number < this.pages.length) this.free.add(number)
    if (!made) return undefined
    return made === true ? { number } : { number, shared: made }
  }

  give(number: number): void {
    this.free.add(number)
  }

  /** The smallest that is free and large enough, else the largest that is free, else a new one. */
  private best(pages: number): number {
    const bySize = [...this.free].sort((a, b) => this.pages[a]! - this.pages[b]!)
    return bySize.find(number => this.pages[number]! >= pages) ?? bySize.at(-1) ?? this.pages.push(0) - 1
  }
}
