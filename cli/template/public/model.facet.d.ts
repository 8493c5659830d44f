/** Entries of "model", batch = 64. */
declare const entry0: {
  readonly inputs: {
    readonly images: { readonly dtype: 'u8'; readonly shape: readonly [64, 16, 16, 3] }
  }
  readonly outputs: {
    readonly features: { readonly dtype: 'f32'; readonly shape: readonly [64, 64] }
  }
}
declare const entry1: {
  readonly inputs: {
    readonly images: { readonly dtype: 'u8'; readonly shape: readonly [64, 16, 16, 3] }
  }
  readonly outputs: {
    readonly spread: { readonly dtype: 'f32'; readonly shape: readonly [] }
    readonly loss: { readonly dtype: 'f32'; readonly shape: readonly [] }
    readonly learningRate: { readonly dtype: 'f32'; readonly shape: readonly [] }
  }
}

export { entry0 as embed, entry1 as step }
