export async function realRun(print: (line: string) => void): Promise<void> {
  print('not there yet')
}
