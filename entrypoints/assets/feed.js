// A WebSocket that resumes: after a loss it asks for what it missed, by version, and says in between that it is lost.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/**
 * Follow a feed.
 * `hello(version)` gives the first message to send (or null for none), `hear(message)` takes each message,
 * `change(connected, socket)` hears whether there is a connection, `longest` is the longest wait between two tries in
 * milliseconds. Returns a function that ends it.
 */
export function follow(path, { hello, hear, change = () => {}, longest = LONGEST_WAIT_MS }) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let wait = FIRST_WAIT_MS;
  let version = null;
  let ended = false;
  let socket = null;

  async function open() {
    let first = null;
    try {
      first = await hello(version);
    } catch {
      return lose();
    }
    if (ended) return;
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      if (first !== null) socket.send(JSON.stringify(first));
      change(true, socket);
    });
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      if (typeof message.version === "number") version = message.version;
      wait = FIRST_WAIT_MS;
      if (message.type === "problem") return; // told just before it closes
      hear(message);
    });
    socket.addEventListener("close", lose);
  }

  function lose() {
    if (ended) return;
    change(false);
    setTimeout(open, wait);
    wait = Math.min(longest, wait * 2);
  }

  open();
  return () => {
    ended = true;
    socket?.close();
  };
}
