/** Resizing and sampling of images. */
import { type Builds, f, ofX } from './language.js'

export const resampling: Builds = {
  interpolate_bilinear: ofX((x, { output_size, align_corners = false, antialias = false }) =>
    f.resize(x, output_size, { antialias, alignCorners: align_corners }),
  ),
  interpolate_nearest: ofX((x, { output_size }) => f.resizeNearest(x, output_size)),
  grid_sample: ({ x, grid }, { mode = 'bilinear', padding = 'zeros', align_corners = false }) =>
    f.gridSample(x, grid, { mode, padding, alignCorners: align_corners }),
  affine_grid: ({ theta }, { size, align_corners = false }) =>
    f.affineGrid(theta, size, { alignCorners: align_corners }),
}
