import type { Grammar } from './grammar.ts';

/** Smaller grammars: the bundled model does not know these languages, so such posts are counted and not scored. */
export const otherLanguages: Readonly<Record<'es' | 'de' | 'fr' | 'pt' | 'ja', Grammar>> = {
  es: {
    post: ['{saludo}{brand} {juicio} {fin}', 'Ayer probé {cosa} de {brand} y {resultado}. {fin}', '¿Alguien sabe si {brand} {duda}?', 'Llevo {tiempo} esperando a {brand}. {fin}'],
    saludo: ['', '', 'La verdad, ', 'Hoy ', 'Buenas, '], cosa: ['lo nuevo', 'el servicio', 'la aplicación', 'la tienda', 'el pedido'],
    juicio: ['me ha alegrado el día', 'funciona de maravilla', 'va de mal en peor', 'ha vuelto a subir los precios', 'me atendió con mucha paciencia', 'abre el lunes en el centro'],
    resultado: ['me encantó', 'no lo repito', 'ni bien ni mal', 'quiero que me devuelvan el dinero', 'se lo recomendé a mi hermana'],
    duda: ['abre los domingos', 'envía a las islas', 'tiene descuento para estudiantes'], tiempo: ['tres horas', 'una semana', 'todo el día'], fin: ['', '😊', '😡', 'Gracias.', 'Qué cosas.', 'Nunca más.', 'Un diez.'],
  },
  de: {
    post: ['{gruss}{brand} {urteil}. {ende}', 'Gestern {ding} von {brand} ausprobiert und {ergebnis}. {ende}', 'Weiß jemand, ob {brand} {frage}?', 'Seit {dauer} warte ich auf {brand}. {ende}'],
    gruss: ['', '', 'Also ehrlich, ', 'Kurz gesagt: ', 'Na gut, '], ding: ['das neue Gerät', 'den Lieferdienst', 'die App', 'das Angebot'],
    urteil: ['hat mir den Tag gerettet', 'wird jedes Jahr besser', 'geht mir nur noch auf die Nerven', 'hat schon wieder die Preise erhöht', 'zieht nächste Woche um'],
    ergebnis: ['sofort begeistert gewesen', 'alles wieder zurückgeschickt', 'keine Meinung dazu', 'bitter enttäuscht worden'],
    frage: ['sonntags offen hat', 'auch aufs Land liefert', 'Gutscheine annimmt'], dauer: ['drei Stunden', 'einer Woche', 'heute früh'], ende: ['', '🎉', '🙄', 'Danke dafür.', 'Nie wieder.', 'Sehr zu empfehlen.', 'Mal sehen.'],
  },
  fr: {
    post: ['{salut}{brand} {avis}. {fin}', "Hier j'ai essayé {chose} de {brand}, {resultat}. {fin}", 'Quelqu’un sait si {brand} {question} ?', 'Ça fait {duree} que j’attends {brand}. {fin}'],
    salut: ['', '', 'Franchement, ', 'Bon, ', 'Petit message : '], chose: ['la nouveauté', 'le service', "l'application", 'la livraison'],
    avis: ['a sauvé ma journée', 'fait toujours du bon travail', 'se moque de ses clients', 'augmente encore ses tarifs', 'ouvre une adresse près de la gare'],
    resultat: ["c'était parfait", 'quelle déception', 'rien à signaler', 'je veux être remboursé', 'toute la famille adore'],
    question: ['ouvre le dimanche', 'livre à la campagne', 'accepte les chèques cadeaux'], duree: ['trois heures', 'une semaine', 'deux jours'], fin: ['', '❤️', '😤', 'Merci !', 'Plus jamais.', 'À suivre.', 'Bravo.'],
  },
  pt: {
    post: ['{oi}{brand} {opiniao}. {fim}', 'Ontem testei {coisa} da {brand} e {resultado}. {fim}', 'Alguém sabe se a {brand} {pergunta}?', 'Faz {tempo} que espero a {brand}. {fim}'],
    oi: ['', '', 'Sinceramente, ', 'Gente, ', 'Olha, '], coisa: ['a novidade', 'o atendimento', 'o aplicativo', 'a entrega'],
    opiniao: ['salvou o meu dia', 'melhora a cada ano', 'não respeita ninguém', 'aumentou o preço outra vez', 'muda de endereço na segunda'],
    resultado: ['amei', 'quero meu dinheiro de volta', 'achei normal', 'minha mãe adorou'], pergunta: ['abre no domingo', 'entrega no interior', 'tem desconto'], tempo: ['três horas', 'uma semana', 'dois dias'], fim: ['', '💚', '😭', 'Obrigado!', 'Nunca mais.', 'Recomendo.', 'Vamos ver.'],
  },
  ja: {
    post: ['{brand}の{mono}、{kanso}{owari}', '昨日{brand}の{mono}を試した。{kanso}{owari}', '{brand}って{shitsumon}？', '{brand}を{jikan}待っている。{owari}'],
    mono: ['新作', 'アプリ', 'サービス', '店員さん', '値段'], kanso: ['最高でした', 'ちょっと残念', '普通かな', '家族みんな気に入った', 'もう使わないと思う', '思ったより良かった'],
    shitsumon: ['日曜も開いてる', '駅の近くにある', '学割ある'], jikan: ['三時間', '一週間', '朝からずっと'], owari: ['', '！', '。', '…', ' 😊', ' 😢', 'ね'],
  },
};
