{{- define "flotilla.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 30 | trimSuffix "-" -}}
{{- end -}}

{{/* Short, because a group's name, an ordinal and a revision are added to it, in 63 characters. */}}
{{- define "flotilla.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 30 | trimSuffix "-" -}}
{{- else if contains (include "flotilla.name" .) .Release.Name -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "flotilla.name" .) | trunc 30 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "flotilla.selector" -}}
app.kubernetes.io/name: {{ include "flotilla.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "flotilla.labels" -}}
{{ include "flotilla.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "flotilla.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "flotilla.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "flotilla.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "flotilla.clusterId" -}}
{{- default (printf "%s-%s" .Release.Name .Release.Namespace | trunc 63 | trimSuffix "-") .Values.clusterId -}}
{{- end -}}

{{/* host:port to listen on; an IPv6 host in brackets. */}}
{{- define "flotilla.listen" -}}
{{- $host := .root.Values.listen -}}
{{- if contains ":" $host -}}
{{- $host = printf "[%s]" $host -}}
{{- end -}}
{{- printf "%s:%d" $host (int .port) -}}
{{- end -}}

{{/* What is fixed at the groups' birth. */}}
{{- define "flotilla.shape" -}}
{{- $shapes := list -}}
{{- range .Values.groups -}}
{{- $shapes = append $shapes (printf "%s:%d:%d:%d" .name (int .id) (int .founders) (int (default 1 .weight))) -}}
{{- end -}}
{{- printf "%s %s" (include "flotilla.clusterId" .) (sortAlpha $shapes | join ",") -}}
{{- end -}}

{{/* What the schema cannot say. */}}
{{- define "flotilla.check" -}}
{{- $names := list -}}
{{- $ids := list -}}
{{- range .Values.groups -}}
{{- if has .name $names -}}
{{- fail (printf "groups: two groups are called %s" .name) -}}
{{- end -}}
{{- if has (int .id) $ids -}}
{{- fail (printf "groups: two groups have the id %d" (int .id)) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- $ids = append $ids (int .id) -}}
{{- end -}}
{{- $stored := dict -}}
{{- if .Release.IsUpgrade }}{{/* Only then is there something to ask for; rendering alone asks nobody. */}}
{{- $stored = lookup "v1" "ConfigMap" .Release.Namespace (include "flotilla.fullname" .) | default (dict) -}}
{{- end }}
{{- $annotations := dig "metadata" "annotations" (dict) $stored | default (dict) -}}
{{- $born := get $annotations "flotilla.dev/shape" -}}
{{- $wanted := include "flotilla.shape" . -}}
{{- if and $born (ne $born $wanted) -}}
{{- fail (printf "clusterId and the groups' names, ids, founders and weights are fixed once they have begun. They are «%s», and would become «%s»." $born $wanted) -}}
{{- end -}}
{{- end -}}

{{- define "flotilla.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.security.uid }}
runAsUser: {{ int . }}
{{- end }}
{{- with .Values.security.gid }}
runAsGroup: {{ int . }}
fsGroup: {{ int . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "flotilla.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What a change of needs every process to start again. Not who is in the cluster: nodes tell each other. */}}
{{- define "flotilla.settingsChecksum" -}}
{{- list .Values.timings .Values.limits .Values.reads | toYaml | sha256sum -}}
{{- end -}}
