// What the page around the kiosk says, in Indonesian and English.

const ID = {
  title: "Mesin simulasi",
  intro: "Layar di bawah adalah layar mesin yang sebenarnya. Tangan di bawahnya hanya menyentuh dunia di sekitarnya.",
  language: "English",
  screen: "Layar mesin",
  hands: "Tangan Anda",
  dark: { unplugged: "Tidak ada listrik. Layar gelap.", waiting: "Mesin sedang dinyalakan." },
  groups: { phone: "Ponsel", items: "Benda", trouble: "Gangguan", power: "Listrik dan jaringan", world: "Yang terlihat" },
  deeds: {
    "show-code": "Tunjukkan kode", "hide-code": "Simpan ponsel", take: "Ambil kembali", own: "Foto sendiri",
    camera: ["Cabut kamera", "Pasang kamera"], motor: ["Macetkan motor", "Lepaskan motor"],
    "in-sensor": ["Butakan sensor masuk", "Perbaiki sensor masuk"],
    network: ["Putus jaringan", "Sambung jaringan"], power: ["Cabut steker", "Pasang steker"],
  },
  sample: (number) => `Masukkan foto ${number}`,
  world: { present: "Benda di lubang", motor: "Motor", bin: "Di wadah", waiting: "Menunggu dikirim", balance: "Saldo di ponsel", pin: "PIN teknisi" },
  motor: { still: "diam", in: "menarik masuk", out: "mengeluarkan" },
  yes: "ada", no: "kosong",
  refused: {
    FlapClosed: "Penutup lubang tertutup selama motor berputar. Tunggu sebentar.",
    IntakeFull: "Lubang penuh. Ambil dulu yang ada di dalam.",
    NothingToTake: "Tidak ada benda yang dapat diambil.",
    picture: "Berkas ini bukan foto yang dapat dibaca. Pilih JPEG, PNG atau WebP.",
    other: "Tidak berhasil. Coba lagi sebentar.",
  },
};

const EN = {
  title: "Simulated machine",
  intro: "The screen below is the machine's own. The hands under it touch only the world around it.",
  language: "Bahasa Indonesia",
  screen: "The machine's screen",
  hands: "Your hands",
  dark: { unplugged: "No power. The screen is dark.", waiting: "The machine is starting." },
  groups: { phone: "Phone", items: "Items", trouble: "Trouble", power: "Power and network", world: "What is seen" },
  deeds: {
    "show-code": "Show the code", "hide-code": "Put the phone away", take: "Take it back", own: "Your own photograph",
    camera: ["Unplug the camera", "Plug the camera in"], motor: ["Jam the motor", "Free the motor"],
    "in-sensor": ["Blind the in-sensor", "Mend the in-sensor"],
    network: ["Cut the network", "Join the network"], power: ["Pull the plug", "Put the plug in"],
  },
  sample: (number) => `Put in photograph ${number}`,
  world: { present: "Item in the opening", motor: "Motor", bin: "In the bin", waiting: "Waiting to be sent", balance: "Balance on the phone", pin: "Technician's PIN" },
  motor: { still: "still", in: "taking in", out: "giving back" },
  yes: "yes", no: "empty",
  refused: {
    FlapClosed: "The flap is shut while the motor turns. Wait a moment.",
    IntakeFull: "The opening is full. Take out first what lies in it.",
    NothingToTake: "There is nothing to take.",
    picture: "This file is no photograph that can be read. Choose JPEG, PNG or WebP.",
    other: "That did not work. Try again in a moment.",
  },
};

const LANGUAGES = { id: { words: ID, locale: "id-ID" }, en: { words: EN, locale: "en-GB" } };
let current = "id";

/** The words of the language in use. */
export const words = () => LANGUAGES[current].words;

/** Use the other language. */
export function turn() {
  current = current === "id" ? "en" : "id";
  document.documentElement.lang = current;
}

/** A whole number as this language writes it. */
export const number = (value) => new Intl.NumberFormat(LANGUAGES[current].locale).format(value);
