import { type Grammar, parseGrammar } from './text-generator.ts';

/**
 * Small grammars of languages that the bundled model does not know: such posts are counted and not scored. Each has a
 * list of `good`, `bad` and `plain` posts.
 */
export const otherLanguages: Readonly<Record<'es' | 'de' | 'fr' | 'pt' | 'ja', Grammar>> = {
  es: parseGrammar(`
    good: {inicio} {brand} {elogio}. {feliz} | {cuando} probé {cosa} de {brand} y {encanto}. {feliz} | {elogio2} {brand}, {encanto}
    bad: {inicio} {brand} {queja}. {enfado} | {cuando} probé {cosa} de {brand} y {pena}. {enfado} | Llevo {tiempo} esperando a {brand}. {enfado}
    plain: ¿Alguien sabe si {brand} {duda}? | {inicio} {brand} {noticia} | ¿Qué tal {cosa} de {brand}? | Mañana voy a ver {cosa} de {brand}
    inicio: La verdad, | Hoy | Buenas, | Por si acaso: | Lo digo otra vez: | |
    cuando: Ayer | El lunes | Esta mañana | Con mi hermana | Por fin
    cosa: lo nuevo | el servicio | la aplicación | la tienda | el pedido | la oferta | el turno de noche
    elogio: me ha alegrado el día | funciona de maravilla | me atendió con mucha paciencia | mejora cada año
    elogio2: Qué bien lo hace | Gracias, | Bravo por | Un diez para
    encanto: me encantó | se lo recomendé a mi hermana | repito seguro | salí con una sonrisa
    feliz: 😊 | Un diez. | Gracias. | Así da gusto. | 👏 | |
    queja: va de mal en peor | ha vuelto a subir los precios | no contesta a nadie | me cobró dos veces
    pena: no lo repito | quiero que me devuelvan el dinero | llegó roto | perdí la tarde
    enfado: 😡 | Nunca más. | Qué vergüenza. | Una pena. | 👎 | |
    duda: abre los domingos | envía a las islas | tiene descuento para estudiantes | acepta vales
    noticia: abre el lunes en el centro | cambia de horario en mayo | busca gente para el verano
    tiempo: tres horas | una semana | todo el día | desde el martes
  `),
  de: parseGrammar(`
    good: {gruss} {brand} {lob}. {froh} | {wann} {ding} von {brand} ausprobiert und {begeistert}. {froh} | Großes Lob an {brand}, {begeistert}
    bad: {gruss} {brand} {tadel}. {sauer} | {wann} {ding} von {brand} ausprobiert und {enttaeuscht}. {sauer} | Seit {dauer} warte ich auf {brand}. {sauer}
    plain: Weiß jemand, ob {brand} {frage}? | {gruss} {brand} {nachricht} | Wer kennt {ding} von {brand}? | Morgen schaue ich mir {ding} von {brand} an
    gruss: Also ehrlich, | Kurz gesagt: | Na gut, | Übrigens: | Nur so: | |
    wann: Gestern | Am Montag | Heute früh | Mit meiner Schwester | Endlich
    ding: das neue Angebot | den Service | die App | den Laden | die Bestellung | die Hotline
    lob: hat mir den Tag gerettet | wird jedes Jahr besser | hilft sofort und freundlich | macht es einfach richtig
    begeistert: sofort begeistert gewesen | gleich weiterempfohlen | nichts zu meckern | alles bestens
    froh: 🎉 | Danke dafür. | Sehr zu empfehlen. | Gerne wieder. | 😍 | |
    tadel: geht mir nur noch auf die Nerven | hat schon wieder die Preise erhöht | antwortet einfach nicht | hat doppelt abgebucht
    enttaeuscht: alles wieder zurückgeschickt | bitter enttäuscht worden | nur geärgert | den Tag verloren
    sauer: 🙄 | Nie wieder. | Schade. | Frechheit. | 😤 | |
    frage: sonntags offen hat | auch aufs Land liefert | Gutscheine annimmt | Azubis sucht
    nachricht: zieht nächste Woche um | ändert im Mai die Zeiten | sucht Leute für den Sommer
    dauer: drei Stunden | einer Woche | heute früh | Dienstag
  `),
  fr: parseGrammar(`
    good: {salut} {brand} {eloge}. {joie} | {quand} j'ai essayé {chose} de {brand}, {ravi}. {joie} | Bravo à {brand}, {ravi}
    bad: {salut} {brand} {reproche}. {colere} | {quand} j'ai essayé {chose} de {brand}, {decu}. {colere} | Ça fait {duree} que j'attends {brand}. {colere}
    plain: Quelqu'un sait si {brand} {question} ? | {salut} {brand} {nouvelle} | Qui connaît {chose} de {brand} ? | Demain je regarde {chose} de {brand}
    salut: Franchement, | Bon, | Petit message : | Pour info, | Je le redis : | |
    quand: Hier | Lundi | Ce matin | Avec ma sœur | Enfin
    chose: la nouveauté | le service | l'application | la livraison | la boutique | l'abonnement
    eloge: a sauvé ma journée | fait toujours du bon travail | m'a répondu avec le sourire | s'améliore chaque année
    ravi: c'était parfait | toute la famille adore | rien à redire | j'y retourne
    joie: ❤️ | Merci. | Bravo. | À recommander. | 👏 | |
    reproche: se moque de ses clients | augmente encore ses tarifs | ne répond jamais | m'a débité deux fois
    decu: quelle déception | je veux être remboursé | tout est cassé | journée perdue
    colere: 😤 | Plus jamais. | Dommage. | Une honte. | 👎 | |
    question: ouvre le dimanche | livre à la campagne | accepte les chèques cadeaux | recrute
    nouvelle: ouvre une adresse près de la gare | change ses horaires en mai | cherche du monde pour cet été
    duree: trois heures | une semaine | deux jours | une éternité
  `),
  pt: parseGrammar(`
    good: {oi} {brand} {elogio}. {feliz} | {quando} testei {coisa} da {brand} e {amei}. {feliz} | Parabéns para a {brand}, {amei}
    bad: {oi} {brand} {queixa}. {raiva} | {quando} testei {coisa} da {brand} e {pena}. {raiva} | Faz {tempo} que espero a {brand}. {raiva}
    plain: Alguém sabe se a {brand} {pergunta}? | {oi} {brand} {noticia} | Quem conhece {coisa} da {brand}? | Amanhã vou ver {coisa} da {brand}
    oi: Sinceramente, | Gente, | Olha, | Só para avisar: | Repito: | |
    quando: Ontem | Segunda | Hoje cedo | Com a minha irmã | Enfim
    coisa: a novidade | o atendimento | o aplicativo | a entrega | a loja | a promoção
    elogio: salvou o meu dia | melhora a cada ano | atende com carinho | faz tudo certinho
    amei: amei | minha mãe adorou | volto sempre | nota dez
    feliz: 💚 | Obrigado! | Recomendo. | Que alegria. | 👏 | |
    queixa: não respeita ninguém | aumentou o preço outra vez | não responde nunca | cobrou duas vezes
    pena: quero meu dinheiro de volta | veio quebrado | perdi a tarde | que decepção
    raiva: 😭 | Nunca mais. | Que vergonha. | Lamentável. | 👎 | |
    pergunta: abre no domingo | entrega no interior | tem desconto | aceita vale
    noticia: muda de endereço na segunda | abre mais cedo em maio | procura gente para o verão
    tempo: três horas | uma semana | dois dias | uma vida
  `),
  ja: parseGrammar(`
    good: {brand}の{mono}、{suki}{ureshii} | {itsu}{brand}の{mono}を試した。{suki}{ureshii} | {brand}に感謝。{suki}{ureshii}
    bad: {brand}の{mono}、{iya}{kanashii} | {itsu}{brand}の{mono}を試した。{iya}{kanashii} | {brand}を{jikan}待っている{kanashii}
    plain: {brand}って{shitsumon}？ | {brand}の{mono}ってどう？ | {itsu}{brand}の{mono}を見た | {brand}、{shirase}らしい
    itsu: 昨日 | 今朝 | 週末に | 妹と | 久しぶりに
    mono: 新作 | アプリ | サービス | 店員さん | 値段 | 対応
    suki: 最高でした | 家族みんな気に入った | 思ったより良かった | 感動した | また行きたい
    ureshii: ！ | 。 | 😊 | ✨ | 🎉
    iya: ちょっと残念 | もう使わないと思う | がっかりした | 高すぎる | 返金してほしい
    kanashii: … | 。 | 😢 | 😡 | 👎
    shitsumon: 日曜も開いてる | 駅の近くにある | 学割ある | 何時まで
    shirase: 来月引っ越す | 駅前に店を出す | 夏の募集を始めた
    jikan: 三時間 | 一週間 | 朝からずっと
  `),
};
