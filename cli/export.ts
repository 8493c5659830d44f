/** `facet export RUN`: the weights of a run under PyTorch's names, or its encoder as an ONNX model. */
import type { Command } from 'commander'
import { onnxModel } from '../compiler/onnx/export.js'
import { entriesOf } from '../models/pretrain.js'
import { emptySetOf, LOSSES } from '../models/resume.js'
import { detectron2Names } from '../models/weights.js'
import { replaceFile } from '../runtime/checkpoint.js'
import { type Tensors, writeSafetensors } from '../runtime/safetensors.js'
import { UsageError } from './errors.js'
import { optionsOf, planOf, readRun } from './pretrain.js'

interface Options {
  readonly weights?: string
  readonly all?: boolean
  readonly names?: string
  readonly onnx?: string
}

export function register(program: Command): void {
  program
    .command('export')
    .argument('<run>', 'folder of a run: out/simsiam')
    .summary("write a run's weights as safetensors, or its encoder as ONNX")
    .description(
      "Writes the encoder's weights under PyTorch's names (torchvision's for ResNets), and the encoder in evaluation form as an ONNX model (opset 17, any batch): u8 images [batch, height, width, 3] or f32 waveforms [batch, samples] to features.",
    )
    .option('--weights <file>', 'safetensors file to write')
    .option('--all', 'with --weights: every variable under its own name, optimizer and heads too')
    .option('--names <whose>', 'with --weights: torchvision (default) or detectron2, for ResNets')
    .option('--onnx <file>', 'ONNX file to write')
    .action(exportRun)
}

const ENCODER = 'encoder.'

async function exportRun(
  folder: string,
  { weights, all = false, names = 'torchvision', onnx }: Options,
): Promise<void> {
  if (weights === undefined && onnx === undefined) throw new UsageError('give --weights FILE, --onnx FILE or both')
  if (names !== 'torchvision' && names !== 'detectron2')
    throw new UsageError(`--names is torchvision or detectron2, got ${names}`)
  if (names === 'detectron2' && (all || weights === undefined))
    throw new UsageError('--names detectron2 goes with --weights FILE, and without --all: it is for the encoder')
  if (all && weights === undefined) throw new UsageError('--all goes with --weights FILE')
  const { tensors, state } = await readRun(folder)
  if (weights !== undefined) {
    const chosen = all ? without(tensors, LOSSES) : below(tensors, ENCODER)
    if (Object.keys(chosen).length === 0)
      throw new UsageError(`${folder} has no variables below ${ENCODER.slice(0, -1)}`)
    const named = names === 'detectron2' ? detectron2Names(chosen) : chosen
    await replaceFile(weights, writeSafetensors(named, { format: 'pt' }))
    console.log(`${weights} written: ${Object.keys(chosen).length} tensors`)
  }
  if (onnx !== undefined) {
    const options = optionsOf(state, folder)
    const set = emptySetOf(state, folder)
    const { steps } = options
    const { embed } = entriesOf({ set, ...planOf(options, set), ...(steps && { steps }) })
    const rename = (name: string) => (name.startsWith(ENCODER) ? name.slice(ENCODER.length) : name)
    await replaceFile(onnx, onnxModel(embed, { name: 'encoder', values: tensors, rename }))
    console.log(`${onnx} written: ${Object.keys(embed.inputs)} to features`)
  }
}

const below = (tensors: Tensors, path: string): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith(path) ? [[name.slice(path.length), tensor]] : [],
    ),
  )
const without = (tensors: Tensors, left: string): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== left))
