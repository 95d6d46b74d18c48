import type { CommandWords, CompletionWords, ValueKind, Word } from './completion-words.js'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** The script that teaches a shell to complete the program. Fast, as it holds all words and starts nothing. */
export function completionScript(shell: Shell, words: CompletionWords): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](words)
}

/*
 * All three walk the words before the cursor in the same way: an option that takes a value swallows the next word; another word
 * is a subcommand when the command so far has one of that name, and otherwise an argument. Then they offer the values of the
 * option before the cursor, or options after a dash, or subcommands and the argument that is due. Names from ./identities are
 * compared by the shell itself, never expanded: a file name is not a command.
 */

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const functionName = (program: string) => `_${program.replaceAll(/\W/g, '_')}`

/** Cases of a shell's `case`, `pattern) action ;;`, without those that say nothing. */
function cases(rows: Array<[pattern: string, action: string]>): string {
  return rows
    .filter(([, action]) => action !== '')
    .map(([pattern, action]) => `    ${quote(pattern)}) ${action} ;;`)
    .join('\n')
}

function wordList(words: readonly Word[], description: (word: Word) => string = ({ word }) => word): string {
  return words.length === 0 ? '' : `printf '%s\\n' ${words.map((word) => quote(description(word))).join(' ')}`
}

/** What a kind of value is called in the scripts. */
const kindWord = (kind: ValueKind) => (typeof kind === 'string' ? kind : kind.join(' '))

function kindRows({ values }: CompletionWords): Array<[string, string]> {
  return [...values].map(([flag, kind]) => [flag, `kind=${quote(kindWord(kind))}`])
}

function commandRows({ commands }: CompletionWords): Array<[string, string]> {
  return commands.flatMap(({ path, commands: children }) =>
    children.map(({ word }): [string, string] => [`${path} ${word}`.trim(), 'true']),
  )
}

/** Kind of each argument by `path position`, counted from 0; `path *` for all further ones. */
function argumentRows({ commands }: CompletionWords): Array<[string, string]> {
  return commands.flatMap((command) =>
    command.arguments.map((kind, position): [string, string] => [
      `${command.path} ${isRepeated(command, position) ? '*' : position}`.trim(),
      kind === 'any' ? '' : quote(kindWord(kind)),
    ]),
  )
}

const isRepeated = (command: CommandWords, position: number) =>
  command.repeats && position === command.arguments.length - 1

/** A `*` that is meant as one stays outside the quotes. */
const openPattern = (row: string) => row.replace(/'([^']*)\*'\)/, "'$1'*)")

function posixTables(name: string, words: CompletionWords, described: (word: Word) => string): string {
  const tables = words.commands.map(({ path, commands, options }): [string, string, string] => [
    path,
    wordList(commands, described),
    wordList(options, described),
  ])
  const argumentCases = cases(argumentRows(words).map(([row, kind]) => [row, kind && `kind=${kind}`]))
  return `
${name}_is_command() {
  case "$1" in
${cases(commandRows(words))}
    *) false ;;
  esac
}

${name}_commands() {
  case "$1" in
${cases(tables.map(([path, commands]) => [path, commands]))}
  esac
}

${name}_options() {
  case "$1" in
${cases(tables.map(([path, , options]) => [path, options]))}
  esac
}

# Set kind to what follows an option, or to what an argument is.
${name}_value_kind() {
  kind=
  case "$1" in
${cases(kindRows(words))}
  esac
}

${name}_argument_kind() {
  kind=
  case "$1" in
${argumentCases.split('\n').map(openPattern).join('\n')}
  esac
}
`
}

/** The walk over the words before the cursor, in the language bash and zsh share. */
const walk = (name: string, from: string, to: string, words: string) => `
  local at='' position=0 kind='' skip='' glue='' word i
  for ((i = ${from}; i < ${to}; i++)); do
    word=\${${words}[i]}
    # bash divides host:port and --option=value; what follows a colon belongs to what came before.
    case "$word" in
      :*) glue=1; continue ;;
      =) continue ;;
    esac
    if [ -n "$glue" ]; then glue=''; continue; fi
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      -*=*) ;;
      -*) ${name}_value_kind "$word"; skip=$kind ;;
      *)
        if [ "$position" = 0 ] && ${name}_is_command "\${at:+$at }$word"; then at="\${at:+$at }$word"
        else position=$((position + 1)); fi ;;
    esac
  done
  kind=$skip
  if [ -z "$kind" ]; then ${name}_argument_kind "\${at:+$at }$position"; fi
`

function bashScript(words: CompletionWords): string {
  const name = functionName(words.program)
  return `# ${words.program} completion for bash: eval "$(${words.program} completion bash)"
${posixTables(name, words, ({ word }) => word)}
${name}_identities() {
  local file
  for file in identities/*.json; do
    file=\${file##*/}
    [ "$file" = '*.json' ] || printf '%s\\n' "\${file%.json}"
  done
}

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} IFS=$' \\t\\n' candidate
${walk(name, '1', 'COMP_CWORD', 'COMP_WORDS')}
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ -n $candidate && $candidate == "$cur"* ]]; then COMPREPLY+=("$(printf '%q' "$candidate")"); fi
  done < <(
    case "$skip$cur" in
      -*) ${name}_options "$at" ;;
      *)
        if [ -z "$skip" ] && [ "$position" = 0 ]; then ${name}_commands "$at"; fi
        case "$kind" in
          identity) ${name}_identities ;;
          folder) compgen -d -- "$cur" ;;
          file | any | '') ;;
          *) printf '%s\\n' $kind ;;
        esac ;;
    esac
  )
}

complete -o default -F ${name} ${words.program}
`
}

function zshScript(words: CompletionWords): string {
  const name = functionName(words.program)
  // What _describe takes: a colon divides the word from what it is for.
  const described = ({ word, description }: Word) => `${word}:${description.replaceAll(':', '\\:')}`
  return `#compdef ${words.program}
# ${words.program} completion for zsh: eval "$(${words.program} completion zsh)", after compinit
${posixTables(name, words, described)}
${name}() {
  emulate -L zsh
  local cur=\${words[CURRENT]}
${walk(name, '2', 'CURRENT', 'words')}
  local -a found=()
  if [[ -z $skip && $cur == -* ]]; then
    found=("\${(@f)$(${name}_options "$at")}")
    _describe -o option found
    return
  fi
  if [[ -z $skip && $position == 0 ]]; then
    found=("\${(@f)$(${name}_commands "$at")}")
    [[ -n $found ]] && _describe command found
  fi
  case "$kind" in
    identity)
      found=(identities/*.json(N:t:r))
      [[ -n $found ]] && _describe identity found
      _files ;;
    folder) _files -/ ;;
    file) _files ;;
    any | '') ;;
    *) found=(\${=kind}); _describe value found ;;
  esac
}

if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${words.program}; fi
`
}

function fishScript(words: CompletionWords): string {
  const name = `_${functionName(words.program)}`
  const list = (candidates: readonly Word[]) =>
    candidates.length === 0
      ? ''
      : `printf '%s\\t%s\\n' ${candidates.map(({ word, description }) => `${fishQuote(word)} ${fishQuote(description)}`).join(' ')}`
  const fishCases = (rows: Array<[string, string]>) =>
    rows
      .filter(([, action]) => action !== '')
      .map(
        ([pattern, action]) =>
          `        case ${pattern.endsWith('*') ? `'${pattern}'` : fishQuote(pattern)}\n            ${action}`,
      )
      .join('\n')
  return `# ${words.program} completion for fish: ${words.program} completion fish | source
function ${name}_is_command
    switch "$argv[1]"
${fishCases(commandRows(words))}
        case '*'
            false
    end
end

function ${name}_commands
    switch "$argv[1]"
${fishCases(words.commands.map(({ path, commands }) => [path, list(commands)]))}
    end
end

function ${name}_options
    switch "$argv[1]"
${fishCases(words.commands.map(({ path, options }) => [path, list(options)]))}
    end
end

function ${name}_value_kind
    switch "$argv[1]"
${fishCases([...words.values].map(([flag, kind]) => [flag, `echo ${fishQuote(kindWord(kind))}`]))}
    end
end

function ${name}_argument_kind
    switch "$argv[1]"
${fishCases(argumentRows(words).map(([row, kind]) => [row, kind && `echo ${kind}`]))}
    end
end

function ${name}
    set -l cur (commandline -ct)
    set -l before (commandline -opc)
    set -l at ''
    set -l position 0
    set -l skip ''
    for word in $before[2..-1]
        if test -n "$skip"
            set skip ''
            continue
        end
        if string match -q -- '-*=*' "$word"
            continue
        end
        if string match -q -- '-*' "$word"
            set skip (${name}_value_kind "$word")
            continue
        end
        set -l next (string trim -- "$at $word")
        if test $position = 0; and ${name}_is_command "$next"
            set at "$next"
        else
            set position (math $position + 1)
        end
    end
    set -l kind $skip
    if test -z "$skip"
        if string match -q -- '-*' "$cur"
            ${name}_options "$at"
            return
        end
        test $position = 0; and ${name}_commands "$at"
        set kind (${name}_argument_kind (string trim -- "$at $position"))
    end
    switch "$kind"
        case identity
            for file in identities/*.json
                string replace -r '^identities/(.*)\\.json$' '$1' -- "$file"
            end
            __fish_complete_path "$cur"
        case folder
            __fish_complete_directories "$cur"
        case file
            __fish_complete_path "$cur"
        case any ''
        case '*'
            string split ' ' -- "$kind"
    end
end

complete -c ${words.program} -f -a '(${name})'
`
}

const fishQuote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
