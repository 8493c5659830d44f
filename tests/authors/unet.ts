/** A U-Net (Ronneberger et al., arXiv 1505.04597) with group norms, for masks of objects. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Images = f.f32<['batch', number, number, number]>

const stage = (channels: number, out: number) =>
  f.sequential(
    nn.conv(channels, out, 3, { padding: 1 }),
    nn.groupNorm(out, { groups: 2 }),
    f.relu,
    nn.conv(out, out, 3, { padding: 1 }),
    nn.groupNorm(out, { groups: 2 }),
    f.relu,
  )

const unet = (channels: number, widths: number[]) => {
  const outs = widths.slice(0, -1).reverse()
  return f.module(
    {
      down: widths.map((out, i) => stage(widths[i - 1] ?? channels, out)),
      up: outs.map((out, i) => nn.convTranspose(widths.at(-1 - i)!, out, 2, { stride: 2 })),
      join: outs.map(out => stage(2 * out, out)),
      head: nn.conv(widths[0]!, 1, 1),
    },
    net => (x: Images) => {
      const skips: Images[] = []
      for (const stage of net.down) {
        x = stage(skips.length ? f.maxPool2d(x, 2) : x)
        skips.push(x)
      }
      skips.pop()
      net.up.forEach((grow, i) => {
        x = net.join[i]!(f.concat(skips.pop()!, grow(x), 1))
      })
      return net.head(x)
    },
  )
}

export const model = unet(3, [4, 6, 8])
export const loss = f.entry({ images: ['batch', 3, 8, 8], masks: ['batch', 1, 8, 8] }, ({ images, masks }) => ({
  loss: nn.binaryCrossEntropy(model(images), masks),
}))
export const step = nn.fit(model, loss, nn.adam(1e-2))
