// Makes one element say what a newer one says, and replaces only the nodes that differ. A node that stays keeps all that no markup tells: focus, caret,
// selected text, scroll position, an opened <details>, the pointer over it, a press that has begun, an icon that turns. Setting innerHTML would lose them.
//
// Children are paired by id, and by position where they have none. So give an id to what may move and must not be taken for its neighbour: a row of a list that
// grows at the top, a form that gives way to another.
const typedInto = "input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Someone is writing or choosing in there: nothing around the caret should move. */
export function isTypedInto(element) {
  const focused = document.activeElement;
  return element.contains(focused) && focused.matches(typedInto);
}

/** Brings `here`, which is shown, to what `next` says; both are the same element at two moments. `next` is used up. */
export function morph(here, next) {
  const focused = document.activeElement;
  update(here, next);
  // What had the focus is gone. Without this the next Tab would start at the top of the page.
  if (!focused.isConnected) (document.getElementById(focused.id) ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

function update(here, next) {
  // A form on its way to the server stays as it is: renewed, it could be sent a second time (forms.js).
  if (here.isEqualNode(next) || here.dataset?.sent) return;
  if (here.nodeType !== Node.ELEMENT_NODE) {
    here.data = next.data;
    return;
  }
  updateAttributes(here, next);
  let at = here.firstChild;
  for (const child of [...next.childNodes]) {
    const same = partner(at, child);
    if (same) {
      // What lies between stands no longer in the newer one, or stands there later: it is made anew then.
      while (at !== same) at = removed(at);
      at = same.nextSibling;
      update(same, child);
    } else {
      here.insertBefore(child, at);
    }
  }
  while (at) at = removed(at);
}

/** The child from `at` on that `child` is a newer state of; null where it is new. */
function partner(at, child) {
  if (!child.id) return at && !at.id && at.nodeName === child.nodeName ? at : null;
  while (at && !(at.id === child.id && at.nodeName === child.nodeName)) at = at.nextSibling;
  return at;
}

function removed(node) {
  const after = node.nextSibling;
  node.remove();
  return after;
}

function updateAttributes(here, next) {
  // Whether a <details> is open is up to the one who reads.
  const isTheirs = (name) => name === "open" && here.nodeName === "DETAILS";
  for (const { name } of [...here.attributes]) if (!next.hasAttribute(name) && !isTheirs(name)) here.removeAttribute(name);
  for (const { name, value } of next.attributes) if (here.getAttribute(name) !== value && !isTheirs(name)) here.setAttribute(name, value);
}
