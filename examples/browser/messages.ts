/** What the page and its worker tell each other. The page draws and listens; the worker has the data and the device. */
import type { MethodName } from 'facet-tensor/models'

export interface Settings {
  readonly method: Exclude<MethodName, 'supcon' | 'supervised'>
  /** Feature augmentation as `parseAugmentations` reads it: `none`, `gaussian@projection:cosine=0.9`. */
  readonly augment: string
  /** That of a second run, to be compared with this one: in all else it is the same. None if this run is all. */
  readonly next?: string
  readonly steps: number
  readonly batch: number
  /** Channels of the encoder's first stage. */
  readonly width: number
  /** Height and width of a view in pixels. */
  readonly size: number
  /** How many of the training images to use. */
  readonly images: number
  readonly seed: number
  readonly adapter: 'auto' | 'gpu' | 'cpu'
}

/** A file and its path inside what was dropped or chosen. */
export interface Dropped {
  readonly path: string
  readonly file: File
}

export type ToWorker =
  /** Which device there is. */
  | { readonly kind: 'look'; readonly adapter: Settings['adapter'] }
  /** Which images to pretrain on; none: the embedded ones. */
  | { readonly kind: 'data'; readonly files: readonly Dropped[] }
  | { readonly kind: 'start'; readonly settings: Settings }
  /** To go on, on this kind of device, with the run that failed, that waits for its GPU, or that the browser kept. */
  | { readonly kind: 'again'; readonly adapter: Settings['adapter'] }
  | { readonly kind: 'pause' | 'resume' | 'stop' | 'weights' }

/** Counts of cosines in bins of equal width over [-1, 1]. */
export interface Histograms {
  readonly positive: readonly number[]
  readonly negative: readonly number[]
}
/** Pixels in RGBA, as a canvas takes them. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
}
/** The training images whose features are nearest to those of an image, nearest first, side by side. */
export interface Nearest {
  readonly picture: Picture
  readonly count: number
  /** How many are of the class of the image, where there are classes. */
  readonly same?: number
}
/** A test image: what the encoder is given of it in training, and what it takes for similar. */
export interface Seen {
  readonly image: Picture
  readonly class?: string
  /** Two views, drawn anew each time. */
  readonly views: Picture
  readonly before: Nearest
  readonly now: Nearest
}
export type FromWorker =
  | { readonly kind: 'adapter'; readonly name: string }
  /** Nothing here can train: no WebGPU, or no adapter. */
  | { readonly kind: 'unsupported'; readonly message: string }
  | {
      readonly kind: 'data'
      readonly name: string
      readonly counts: string
      readonly classes: readonly string[]
      readonly warning?: string
    }
  /** What is being done now; with `share`, how much of it, 0 to 1. */
  | { readonly kind: 'stage'; readonly text: string; readonly share?: number }
  /** Training goes on after `step` steps, of which it may have run more before it lost its device. */
  | { readonly kind: 'training'; readonly step: number }
  | { readonly kind: 'step'; readonly step: number; readonly loss: number; readonly histograms?: Histograms }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'scores'; readonly step: number; readonly knn?: number }
  | { readonly kind: 'seen'; readonly step: number; readonly images: readonly Seen[] }
  | { readonly kind: 'plane'; readonly points: readonly (readonly [number, number])[]; readonly labels: Uint8Array }
  | { readonly kind: 'paused'; readonly step: number }
  | { readonly kind: 'lost'; readonly message: string }
  /** No new device is there yet: it is asked for again in so many seconds, or at `again`. */
  | { readonly kind: 'waiting'; readonly seconds: number }
  | { readonly kind: 'done'; readonly step: number }
  /** `step`: of the state that *Try again* goes on from. */
  | { readonly kind: 'failed'; readonly message: string; readonly step?: number }
  /** A run that a reload interrupted. */
  | { readonly kind: 'kept'; readonly step: number; readonly settings: Settings; readonly data: string }
  | { readonly kind: 'weights'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
