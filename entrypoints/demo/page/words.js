// Everything the page says, in Indonesian and English, and numbers as each language writes them.

const ID = {
  fleet: "Armada",
  machines: "Mesin",
  skip: "Langsung ke mesin",
  language: "English",
  theme: "Tema",
  themes: { system: "Tema: ikut sistem", light: "Tema: terang", dark: "Tema: gelap" },
  join: "Ikut menyetor",
  totals: {
    machines: () => "mesin", items: () => "benda hari ini", refused: () => "ditolak", points: () => "poin",
    waiting: () => "menunggu",
  },
  card: { items: () => "hari ini", refused: () => "ditolak", points: () => "poin", last: () => "terakhir" },
  refusedLast: "Ditolak",
  heldLast: "Ditahan",
  nothingLast: "Tanpa poin",
  noneLast: "–",
  noPicture: "Belum ada botol. Foto benda pertama muncul di sini.",
  noMachines: "Mesin sedang dinyalakan. Kartunya muncul di sini.",
  bars: (n, accepted) => `${number(n)} benda terakhir, ${number(accepted)} diterima`,
  picture: (label, sure, accepted) => `${label}, yakin ${sure}, ${accepted ? "diterima" : "ditolak"}`,
  tag: { accepted: "Diterima", refused: "Ditolak" },
  sure: (percent) => `yakin ${percent}`,
  materials: { glass: "Kaca", metal: "Kaleng", plastic: "Plastik", cardboard: "Kardus", paper: "Kertas", trash: "Sampah" },
  unnamed: "Benda",
  reasons: {
    container: "Diterima",
    not_a_container: "Tidak diterima. Ambil kembali.",
    uncertain: "Mesin tidak yakin. Ambil kembali.",
    no_item: "Tidak ada benda terlihat.",
    two_items: "Dua benda sekaligus. Ambil kembali, lalu satu per satu.",
    not_recognised: "Kamera gagal melihat. Ambil kembali, lalu coba lagi.",
    bin_full: "Wadah untuk bahan ini penuh. Ambil kembali.",
    pulled_back: "Benda ini pernah ditarik keluar. Ambil kembali.",
  },
  states: {
    ready: "Siap",
    serving: "Melayani",
    starting: "Memulai",
    offline: (n) => (n ? `Luring · ${number(n)} menunggu` : "Luring"),
    catching: (n) => `Menyusul · ${number(n)} menunggu`,
    unpowered: (n) => (n ? `Mati listrik · ${number(n)} menunggu` : "Mati listrik"),
    broken: "Rusak",
  },
  proof: {
    balanced: (n) => `Buku besar seimbang · ${number(n)} setoran, 0 hilang, 0 ganda`,
    amiss: (lost, doubled) => `Buku besar tidak seimbang · ${number(lost)} hilang, ${number(doubled)} ganda`,
    asking: "Memeriksa buku besar",
  },
  lost: "Sambungan ke platform putus. Angka di bawah berhenti sejak itu; tidak ada yang hilang. Menyambung lagi sendiri.",
  back: "Tersambung lagi.",
  model: (version) => `Model ${version}`,
  recycler: {
    title: "Ikut menyetor",
    close: "Tutup",
    balance: "Saldo Anda",
    points: () => "poin",
    start: "Mulai setor botol",
    intro: "Sebuah akun baru dibuat untuk Anda. Minta kode QR, tunjukkan ke kamera mesin, lalu masukkan foto botol Anda sendiri.",
    email: "Surel",
    password: "Kata sandi",
    signIn: "Masuk",
    haveAccount: "Masuk dengan akun lain",
    machine: "Pilih mesin",
    show: "Tunjukkan ke kamera",
    showing: "Menunggu giliran di depan kamera",
    qr: "Kode QR Anda",
    validFor: (time) => `Berlaku ${time} lagi`,
    expired: "Kode ini sudah tidak berlaku. Minta yang baru.",
    again: "Minta kode baru",
    insert: "Masukkan botol satu per satu",
    hint: "Botol, kaleng dan kaca. Jatuhkan foto di sini, atau pilih satu.",
    choose: "Pilih foto",
    samples: "Atau pakai foto contoh",
    sample: (n) => `Foto contoh ${n}`,
    inside: "Mesin melihat foto Anda",
    waiting: "Mesin belum siap untuk benda berikutnya.",
    done: "Selesai",
    take: "Ambil kembali",
    taken: "Sudah Anda ambil kembali.",
    credited: "Masuk ke saldo",
    held: "Ditahan untuk diperiksa",
    onTheWay: "Sedang disimpan",
    offline: "Mesin ini luring. Botol tetap diterima; poin masuk setelah tersambung.",
    unpowered: "Mesin ini mati listrik. Tunggu sampai menyala, lalu tunjukkan kode lagi.",
    preparing: "Menyiapkan kode",
    cut: "Mesin mati listrik. Yang sudah masuk tetap dihitung; yang belum, ambil kembali.",
    thanks: (items, points) => `Terima kasih. ${number(items)}\u00a0benda, ${number(points)}\u00a0poin.`,
    nothing: "Terima kasih. Tidak ada benda yang masuk.",
    late: "Poin masuk setelah mesin tersambung. Anda boleh pergi.",
    more: "Setor lagi",
    screen: "Layar mesin",
    items: () => "benda",
    empty: "Benda yang Anda masukkan muncul di sini, dengan poinnya.",
  },
  screens: {
    starting: "Memulai", recovering: "Memulihkan", welcome: "Selamat datang. Tunjukkan kode QR.",
    checking_code: "Memeriksa kode", code_refused: "Kode tidak diterima", opening: "Membuka",
    insert: "Masukkan botol", recognising: "Melihat", accepted: "Diterima", refused: "Tidak diterima",
    take_back: "Ambil kembali", finishing: "Menyelesaikan", thanks: "Terima kasih",
    hand_in_chute: "Tarik tangan Anda", clearing: "Melepaskan benda", pulled_back: "Benda ditarik keluar",
    out_of_service: "Tidak melayani", dark: "Gelap",
  },
  errors: {
    unreachable: "Platform tidak menjawab. Poin Anda aman. Coba lagi sebentar.",
    picture: "Berkas ini bukan foto yang dapat dibaca. Tidak ada yang hilang. Pilih foto JPEG, PNG atau WebP.",
    large: "Foto ini terlalu besar. Pilih foto di bawah 16 MB dan 100 megapiksel.",
    code: "Kode tidak diterima mesin. Minta kode baru.",
    codes: {
      expired: "Kode sudah tidak berlaku. Minta yang baru.", already_used: "Kode sudah dipakai di mesin ini. Minta yang baru.",
      withdrawn: "Kode sudah ditarik. Minta yang baru.", claimed_elsewhere: "Kode sudah dipakai di mesin lain. Minta yang baru.",
    },
    busy: "Mesin sedang melayani orang lain. Coba lagi sebentar, atau pilih mesin lain.",
    occupied: "Masih ada benda di lubang mesin. Ambil dulu yang ditolak.",
    signIn: "Surel atau kata sandi tidak cocok.",
    other: "Tidak berhasil. Poin Anda aman. Coba lagi.",
  },
};

// The form that a noun has beside a number: "1 item", "2 items". Indonesian knows one form only.
const form = (n, noun) => (n === 1 ? noun : `${noun}s`);

const EN = {
  fleet: "Fleet",
  machines: "Machines",
  skip: "Skip to the machines",
  language: "Bahasa Indonesia",
  theme: "Theme",
  themes: { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" },
  join: "Join in",
  totals: {
    machines: (n) => form(n, "machine"), items: (n) => `${form(n, "item")} today`, refused: () => "refused",
    points: (n) => form(n, "point"), waiting: () => "waiting",
  },
  card: { items: () => "today", refused: () => "refused", points: (n) => form(n, "point"), last: () => "last" },
  refusedLast: "Refused",
  heldLast: "Held",
  nothingLast: "No points",
  noneLast: "–",
  noPicture: "No bottle yet. The first item's photograph appears here.",
  noMachines: "Machines are starting. Their cards appear here.",
  bars: (n, accepted) => `Last ${n === 1 ? "item" : `${number(n)} items`}, ${number(accepted)} accepted`,
  picture: (label, sure, accepted) => `${label}, ${sure} sure, ${accepted ? "accepted" : "refused"}`,
  tag: { accepted: "Accepted", refused: "Refused" },
  sure: (percent) => `${percent} sure`,
  materials: { glass: "Glass", metal: "Can", plastic: "Plastic", cardboard: "Cardboard", paper: "Paper", trash: "Trash" },
  unnamed: "Item",
  reasons: {
    container: "Accepted",
    not_a_container: "Not accepted. Please take it back.",
    uncertain: "The machine is not sure. Please take it back.",
    no_item: "No item to be seen.",
    two_items: "Two items at once. Take them back, then one by one.",
    not_recognised: "The camera could not see. Take it back, then try again.",
    bin_full: "The bin for this material is full. Take it back.",
    pulled_back: "This item was pulled out before. Take it back.",
  },
  states: {
    ready: "Ready",
    serving: "Serving",
    starting: "Starting",
    offline: (n) => (n ? `Offline · ${number(n)} waiting` : "Offline"),
    catching: (n) => `Catching up · ${number(n)} waiting`,
    unpowered: (n) => (n ? `No power · ${number(n)} waiting` : "No power"),
    broken: "Broken",
  },
  proof: {
    balanced: (n) => `Ledger balances · ${number(n)} ${form(n, "deposit")}, 0 lost, 0 doubled`,
    amiss: (lost, doubled) => `Ledger does not balance · ${number(lost)} lost, ${number(doubled)} doubled`,
    asking: "Checking the ledger",
  },
  lost: "The connection to the platform is lost. The numbers below stopped then; nothing is lost. It reconnects by itself.",
  back: "Connected again.",
  model: (version) => `Model ${version}`,
  recycler: {
    title: "Join in",
    close: "Close",
    balance: "Your balance",
    points: (n) => form(n, "point"),
    start: "Start a deposit",
    intro: "A new account is made for you. Get a QR code, show it to a machine's camera, then insert photographs of your own bottles.",
    email: "E-mail",
    password: "Password",
    signIn: "Sign in",
    haveAccount: "Sign in with another account",
    machine: "Choose a machine",
    show: "Show it to the camera",
    showing: "Waiting for your turn before the camera",
    qr: "Your QR code",
    validFor: (time) => `Valid for another ${time}`,
    expired: "This code is no longer valid. Get a new one.",
    again: "Get a new code",
    insert: "Insert bottles one by one",
    hint: "Bottles, cans and glass. Drop a photograph here, or choose one.",
    choose: "Choose a photograph",
    samples: "Or use a sample photograph",
    sample: (n) => `Sample photograph ${n}`,
    inside: "The machine is looking at your photograph",
    waiting: "The machine is not ready for the next item yet.",
    done: "Done",
    take: "Take it back",
    taken: "You took it back.",
    credited: "On your balance",
    held: "Held for a check",
    onTheWay: "Being stored",
    offline: "This machine is offline. Bottles are still taken; points come once it is connected.",
    unpowered: "This machine has no power. Wait until it is on, then show the code again.",
    preparing: "Preparing the code",
    cut: "The machine lost its power. What went in still counts; take back what did not.",
    thanks: (items, points) =>
      `Thank you. ${number(items)}\u00a0${form(items, "item")}, ${number(points)}\u00a0${form(points, "point")}.`,
    nothing: "Thank you. No item went in.",
    late: "Points come once the machine is connected. You may leave.",
    more: "Deposit more",
    screen: "The machine's screen",
    items: (n) => form(n, "item"),
    empty: "Items you insert appear here, with their points.",
  },
  screens: {
    starting: "Starting", recovering: "Recovering", welcome: "Welcome. Show your QR code.",
    checking_code: "Checking the code", code_refused: "Code not accepted", opening: "Opening",
    insert: "Insert a bottle", recognising: "Looking", accepted: "Accepted", refused: "Not accepted",
    take_back: "Take it back", finishing: "Finishing", thanks: "Thank you",
    hand_in_chute: "Take your hand out", clearing: "Freeing an item", pulled_back: "An item was pulled out",
    out_of_service: "Out of service", dark: "Dark",
  },
  errors: {
    unreachable: "The platform does not answer. Your points are safe. Try again in a moment.",
    picture: "This file is no photograph that can be read. Nothing is lost. Choose a JPEG, PNG or WebP photograph.",
    large: "This photograph is too large. Choose one below 16 MB and 100 megapixels.",
    code: "The machine did not accept the code. Get a new one.",
    codes: {
      expired: "The code is no longer valid. Get a new one.", already_used: "The code was used on this machine. Get a new one.",
      withdrawn: "The code was withdrawn. Get a new one.", claimed_elsewhere: "The code was used on another machine. Get a new one.",
    },
    busy: "The machine is serving somebody else. Try again in a moment, or choose another machine.",
    occupied: "An item still lies in the machine's opening. Take back the refused one first.",
    signIn: "E-mail and password do not match.",
    other: "That did not work. Your points are safe. Try again.",
  },
};

const LANGUAGES = { id: { words: ID, locale: "id-ID" }, en: { words: EN, locale: "en-GB" } };

let current = "id";

/** The words of the language in use. */
export const words = () => LANGUAGES[current].words;

/** The language in use: "id" or "en". */
export const language = () => current;

/** Use another language, here and for screen readers. */
export function speak(name) {
  current = name in LANGUAGES ? name : "id";
  document.documentElement.lang = current;
}

/** A whole number as this language writes it: 12.460 or 12,460. */
export const number = (value) => new Intl.NumberFormat(LANGUAGES[current].locale).format(value);

/** A share of parts per million as per cent: "97 %"; rounded down, so that 100 % means it. */
export const percent = (ppm) => `${number(Math.floor(ppm / 10_000))}\u00a0%`;

/** Seconds as "4:05". */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** What a thing of this label is called. */
export const material = (label) => words().materials[label] ?? words().unnamed;
