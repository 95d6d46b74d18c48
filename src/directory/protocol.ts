export const directoryProtocol = '/chat-p2p/directory/1.0.0'
