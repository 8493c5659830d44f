/**
 * What may stand where in a Job of `batch/v1`: the parts of Kubernetes' published schema (OpenAPI of release 1.31:
 * io.k8s.api.batch.v1.Job and what it refers to) that the manifests use, with all property names of each object, so that one
 * that does not exist is found.
 */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'boolean' | 'object' | 'array'
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly values?: Schema
  readonly items?: Schema
  readonly enum?: readonly unknown[]
}
const text: Schema = { type: 'string' }
const count: Schema = { type: 'integer' }
const flag: Schema = { type: 'boolean' }
const any: Schema = {}
const list = (items: Schema): Schema => ({ type: 'array', items })
const object = (properties: Record<string, Schema>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
})
const others = (...names: string[]): Record<string, Schema> => Object.fromEntries(names.map(name => [name, any]))
/** Numbers with a unit: as text, since YAML reads 2 as a number and 1e3 as another. */
const quantities: Schema = { type: 'object', values: text }

const metadata = object({
  ...{ name: text, namespace: text, generateName: text },
  labels: { type: 'object', values: text },
  annotations: { type: 'object', values: text },
  ...others('finalizers', 'ownerReferences'),
})
const container = object(
  {
    ...{ name: text, image: text, workingDir: text, command: list(text), args: list(text) },
    imagePullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    resources: object({ requests: quantities, limits: quantities, claims: any }),
    volumeMounts: list(
      object({ name: text, mountPath: text, readOnly: flag, subPath: text, subPathExpr: text }, 'name', 'mountPath'),
    ),
    ...others(
      'env',
      'envFrom',
      'lifecycle',
      'livenessProbe',
      'ports',
      'readinessProbe',
      'resizePolicy',
      'restartPolicy',
    ),
    ...others(
      'securityContext',
      'startupProbe',
      'stdin',
      'stdinOnce',
      'terminationMessagePath',
      'tty',
      'volumeDevices',
    ),
  },
  'name',
)
const pod = object(
  {
    restartPolicy: { enum: ['Never', 'OnFailure'] },
    terminationGracePeriodSeconds: count,
    containers: list(container),
    volumes: list(
      object({ name: text, persistentVolumeClaim: object({ claimName: text, readOnly: flag }, 'claimName') }, 'name'),
    ),
    ...others('activeDeadlineSeconds', 'affinity', 'hostNetwork', 'imagePullSecrets', 'initContainers', 'nodeName'),
    ...others(
      'nodeSelector',
      'priorityClassName',
      'runtimeClassName',
      'securityContext',
      'serviceAccountName',
      'tolerations',
    ),
  },
  'containers',
)
const rule = object(
  {
    action: { enum: ['FailJob', 'FailIndex', 'Ignore', 'Count'] },
    onExitCodes: object(
      { containerName: text, operator: { enum: ['In', 'NotIn'] }, values: list(count) },
      'operator',
      'values',
    ),
    onPodConditions: list(object({ type: text, status: { enum: ['True', 'False', 'Unknown'] } }, 'type', 'status')),
  },
  'action',
)
export const job: Schema = object(
  {
    apiVersion: { enum: ['batch/v1'] },
    kind: { enum: ['Job'] },
    metadata,
    spec: object(
      {
        completionMode: { enum: ['NonIndexed', 'Indexed'] },
        ...{ completions: count, parallelism: count, backoffLimit: count, backoffLimitPerIndex: count },
        ...{ maxFailedIndexes: count, ttlSecondsAfterFinished: count, activeDeadlineSeconds: count, suspend: flag },
        podFailurePolicy: object({ rules: list(rule) }, 'rules'),
        podReplacementPolicy: { enum: ['TerminatingOrFailed', 'Failed'] },
        template: object({ metadata, spec: pod }),
        ...others('manualSelector', 'selector', 'successPolicy', 'managedBy'),
      },
      'template',
    ),
  },
  'spec',
)

/** What is wrong with a value, in sentences. */
export function check(value: unknown, schema: Schema, at = 'the manifest'): string[] {
  const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value
  if (schema.type && kind !== schema.type) return [`${at} is ${kind}, not ${schema.type}`]
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${value}, not one of ${schema.enum.join(', ')}`]
  if (Array.isArray(value)) return value.flatMap((item, i) => check(item, schema.items ?? {}, `${at}[${i}]`))
  if (kind !== 'object' || !(schema.properties || schema.values)) return []
  const given = value as Record<string, unknown>
  return [
    ...(schema.required ?? []).filter(name => !(name in given)).map(name => `${at} has no ${name}`),
    ...Object.entries(given).flatMap(([name, inner]) => {
      const of = schema.values ?? schema.properties![name]
      return of ? check(inner, of, `${at}.${name}`) : [`${at} has ${name}, which there is not`]
    }),
  ]
}
