/**
 * `facet new DIR` and `npm create facet-tensor DIR`: a project made of `template/`, whose files are type-checked and tested with the
 * rest. It needs nothing but Node, so that the package `create-facet-tensor` is this file's `main`.
 */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { explain, UsageError } from './errors.js'
import { launcher, sourcesFolder, version } from './package.js'

const template = join(dirname(launcher), 'template')
/** What the project is called in the template's files. */
const PLACEHOLDER = 'facet-project'
const NAMED = ['package.json', 'index.html', 'README.md']

/**
 * Writes the project into `folder`, which is made if it is not there. Gives the lines to type next. Throws `UsageError` if the folder
 * holds anything, or its name cannot be that of a package.
 */
export function createProject(folder: string): string[] {
  if (folder === '') throw new UsageError('give a folder: facet new my-model')
  const path = resolve(folder)
  const name = basename(path)
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(template, 'package.json'), 'utf8'))
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name))
    throw new UsageError(
      `${JSON.stringify(name)} cannot be the name of a project: take lower-case letters, digits, - and _, such as my-model`,
    )
  if (isBuiltin(name) || name === 'node_modules' || name in { ...dependencies, ...devDependencies })
    throw new UsageError(`a project cannot be called ${name}, which is a package that it uses: take another name`)
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new UsageError(`${folder} is a file: give a folder that is not there yet`)
    // What `git init` leaves is no work of anyone.
    const [first] = readdirSync(path).filter(file => file !== '.git')
    if (first) throw new UsageError(`${folder} is not empty: it has ${first}. Give a folder that is not there yet`)
  }
  cpSync(template, path, { recursive: true })
  // Neither npm nor git takes a template's own as a file like any other.
  renameSync(join(path, 'gitignore'), join(path, '.gitignore'))
  for (const file of NAMED)
    writeFileSync(join(path, file), readFileSync(join(path, file), 'utf8').replaceAll(PLACEHOLDER, name))
  const here = relative('.', path)
  return [...(here ? [`cd ${here}`] : []), ...installing(path), 'npm run dev']
}

/** A checkout's version is on no registry: it is packed first. */
function installing(project: string): string[] {
  if (!sourcesFolder) return ['npm install']
  const checkout = relative(project, sourcesFolder)
  return [`npm pack ${/\s/.test(checkout) ? `"${checkout}"` : checkout}`, `npm install ./facet-tensor-${version()}.tgz`]
}

/** What `npm create facet-tensor` runs. Gives the exit code. */
export function main(argv: readonly string[]): number {
  const usage = 'npm create facet-tensor my-model'
  try {
    const [folder, ...more] = argv
    if (folder === '--help') {
      process.stdout.write(`${usage}: makes a project of facet-tensor in a new folder\n`)
      return 0
    }
    const option = argv.find(word => word.startsWith('-'))
    if (option) throw new UsageError(`there is no option ${option}: ${usage}`)
    if (folder === undefined || more.length > 0) throw new UsageError(`give one folder: ${usage}`)
    process.stdout.write(created(folder))
    return 0
  } catch (error) {
    const { text, code } = explain(error)
    process.stderr.write(`create-facet-tensor: ${text}\n`)
    return code
  }
}

/** Makes the project and says what to type next. */
export function created(folder: string): string {
  const next = createProject(folder)
  return `${folder} is made: a model, its bundle, a program for Node and a page. To see it train:\n\n${next.map(line => `  ${line}\n`).join('')}`
}
