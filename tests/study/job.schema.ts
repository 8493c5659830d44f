/**
 * What may stand where in a Job of `batch/v1`: the schema that Kubernetes publishes (its OpenAPI, release 1.36), as the classes that
 * its own client for JavaScript is generated from it have it (npm's `@kubernetes/client-node` 2.0.1, `dist/gen/models`). Every
 * property of every object that the manifests use; what they do not use is named, and not looked into.
 */

/** Properties as `name:type`: `!` is required, `Texts` any names with texts, and without a type anything goes. */
const objects: Readonly<Record<string, string>> = {
  Job: `
    apiVersion:string kind:string metadata:ObjectMeta spec:JobSpec status
  `,
  ObjectMeta: `
    annotations:Texts creationTimestamp deletionGracePeriodSeconds:integer deletionTimestamp finalizers:string[]
    generateName:string generation:integer labels:Texts managedFields name:string namespace:string ownerReferences
    resourceVersion:string selfLink:string uid:string
  `,
  JobSpec: `
    activeDeadlineSeconds:integer backoffLimit:integer backoffLimitPerIndex:integer completionMode:string
    completions:integer managedBy:string manualSelector:boolean maxFailedIndexes:integer parallelism:integer
    podFailurePolicy:PodFailurePolicy podReplacementPolicy:string selector successPolicy suspend:boolean
    template!:PodTemplateSpec ttlSecondsAfterFinished:integer
  `,
  PodTemplateSpec: `
    metadata:ObjectMeta spec:PodSpec
  `,
  PodSpec: `
    activeDeadlineSeconds:integer affinity automountServiceAccountToken:boolean containers!:Container[] dnsConfig
    dnsPolicy:string enableServiceLinks:boolean ephemeralContainers hostAliases hostIPC:boolean hostNetwork:boolean
    hostPID:boolean hostUsers:boolean hostname:string hostnameOverride:string imagePullSecrets
    initContainers:Container[] nodeName:string nodeSelector:Texts os overhead:Texts preemptionPolicy:string
    priority:integer priorityClassName:string readinessGates resourceClaims resources:ResourceRequirements
    restartPolicy:string runtimeClassName:string schedulerName:string schedulingGates schedulingGroup
    securityContext serviceAccount:string serviceAccountName:string setHostnameAsFQDN:boolean
    shareProcessNamespace:boolean subdomain:string terminationGracePeriodSeconds:integer tolerations
    topologySpreadConstraints volumes:Volume[]
  `,
  Container: `
    args:string[] command:string[] env:EnvVar[] envFrom image:string imagePullPolicy:string lifecycle livenessProbe
    name!:string ports readinessProbe resizePolicy resources:ResourceRequirements restartPolicy:string
    restartPolicyRules securityContext startupProbe stdin:boolean stdinOnce:boolean terminationMessagePath:string
    terminationMessagePolicy:string tty:boolean volumeDevices volumeMounts:VolumeMount[] workingDir:string
  `,
  EnvVar: `
    name!:string value:string valueFrom
  `,
  ResourceRequirements: `
    claims limits:Texts requests:Texts
  `,
  VolumeMount: `
    mountPath!:string mountPropagation:string name!:string readOnly:boolean recursiveReadOnly:string subPath:string
    subPathExpr:string
  `,
  Volume: `
    awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc
    flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name!:string nfs
    persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk portworxVolume projected quobyte
    rbd scaleIO secret storageos vsphereVolume
  `,
  PersistentVolumeClaimVolumeSource: `
    claimName!:string readOnly:boolean
  `,
  PodFailurePolicy: `
    rules!:PodFailurePolicyRule[]
  `,
  PodFailurePolicyRule: `
    action!:string onExitCodes:PodFailurePolicyOnExitCodesRequirement
    onPodConditions:PodFailurePolicyOnPodConditionsPattern[]
  `,
  PodFailurePolicyOnExitCodesRequirement: `
    containerName:string operator!:string values!:integer[]
  `,
  PodFailurePolicyOnPodConditionsPattern: `
    status:string type!:string
  `,
}

/** Values that the schema names in its descriptions only. A Job's pods restart in these two ways. */
const values: Readonly<Record<string, readonly string[]>> = {
  'Job.apiVersion': ['batch/v1'],
  'Job.kind': ['Job'],
  'JobSpec.completionMode': ['NonIndexed', 'Indexed'],
  'JobSpec.podReplacementPolicy': ['TerminatingOrFailed', 'Failed'],
  'PodSpec.restartPolicy': ['Never', 'OnFailure'],
  'Container.imagePullPolicy': ['Always', 'IfNotPresent', 'Never'],
  'PodFailurePolicyRule.action': ['FailJob', 'FailIndex', 'Ignore', 'Count'],
  'PodFailurePolicyOnExitCodesRequirement.operator': ['In', 'NotIn'],
}

interface Property {
  readonly required: boolean
  readonly type: string
}
const propertiesOf = (object: string): Map<string, Property> =>
  new Map(
    objects[object]!.trim()
      .split(/\s+/)
      .map(word => {
        const [, name, required, type = ''] = /^(\w+)(!?)(?::(.+))?$/.exec(word)!
        return [name!, { required: required === '!', type }]
      }),
  )

/** What is wrong with a value of a type, in sentences. */
export function check(value: unknown, type = 'Job', at = 'the manifest'): string[] {
  if (type === '') return []
  if (type.endsWith('[]'))
    return Array.isArray(value)
      ? value.flatMap((item, i) => check(item, type.slice(0, -2), `${at}[${i}]`))
      : [`${at} is ${typeof value}, not a list`]
  const kind = Array.isArray(value) ? 'a list' : Number.isInteger(value) ? 'integer' : typeof value
  if (type !== 'Texts' && !(type in objects)) return kind === type ? [] : [`${at} is ${kind}, not ${type}`]
  if (typeof value !== 'object' || kind === 'a list' || value === null) return [`${at} is ${kind}, not an object`]
  const given = Object.entries(value)
  if (type === 'Texts') return given.flatMap(([name, inner]) => check(inner, 'string', `${at}.${name}`))
  const properties = propertiesOf(type)
  return [
    ...[...properties].flatMap(([name, { required }]) =>
      required && !(name in value) ? [`${at} has no ${name}`] : [],
    ),
    ...given.flatMap(([name, inner]) => {
      const property = properties.get(name)
      if (!property) return [`${at} has ${name}, which there is not`]
      const allowed = values[`${type}.${name}`]
      if (allowed && !allowed.includes(inner as string))
        return [`${at}.${name} is ${inner}, not one of ${allowed.join(', ')}`]
      return check(inner, property.type, `${at}.${name}`)
    }),
  ]
}
